import Foundation
import TestSupport
import Testing

extension TwinTests {
  /// The controller is killed at step boundaries of a rollout, and at random moments within steps; `apply` then goes on,
  /// and the end is always that of a rollout that nobody disturbed. `VARDE_LONG=1`: at every boundary, and at twenty moments.
  @Suite(.serialized, .timeLimit(.minutes(15)), .onTwin(.restored, of: TestSite.killed))
  struct KilledControllerTests {
    private let site: TestSite
    init() throws { site = try TestSite.killed() }

    private var mon: String { TestSite.isLong ? "a1" : "h1" }

    /// The suite begins on a twin that nobody has disturbed.
    private static let undisturbed = Task { () -> EndState in
      let tests = try KilledControllerTests()
      return try await EndState.observe(tests.site, mon: tests.mon)
    }

    /// One step at a time, so that no two boundaries are one.
    @Test func aKillAtABoundaryOfEachKindEndsAlike() async throws {
      let expected = try await Self.undisturbed.value
      try await site.up()
      var passed: Set<String> = []
      var met: Set<String> = []
      var boundaries = 0
      var merged: [Set<String>] = []
      while true {
        let apply = try await Varde(["apply", "--twin", site.file, "--yes", "--forks", "1"])
        let run = try await apply.killed { !Self.boundaries(Self.passed(in: apply.error)).isSubset(of: met) }
        let now = Self.passed(in: run.error)
        let new = Self.boundaries(now).subtracting(met)
        passed.formUnion(now)
        met.formUnion(new)
        if run.status == 0 { break }
        #expect(run.status == 137, "\(run)")
        guard run.status == 137 else { break }
        boundaries += 1
        if new.count > 1 { merged.append(new) }
      }
      print("killed at \(boundaries) boundaries of \(passed.count) steps; met before the kill came: \(merged)")
      #expect(boundaries >= (TestSite.isLong ? 30 : 10), "a rollout has more of them: \(met.sorted())")
      #expect(merged.joined().count * (TestSite.isLong ? 10 : 4) <= met.count, "the kills came too late: \(merged)")
      try await ends(as: expected)
    }

    @Test func killsWithinStepsEndAlike() async throws {
      let expected = try await Self.undisturbed.value
      try await site.up()
      var random = SplitMix64(UInt64(Date().timeIntervalSince1970))
      print("the random moments' seed: \(random.state)")
      var kills = 0
      while kills < (TestSite.isLong ? 20 : 6) {
        let pause = Duration.milliseconds(Int.random(in: 50...3_000, using: &random))
        let apply = try await site.start("apply")
        var begun: ContinuousClock.Instant?
        let run = try await apply.killed {
          if begun == nil, apply.error.contains(" steps, ") { begun = .now }
          return begun.map { ContinuousClock.now >= $0 + pause } ?? false
        }
        #expect(run.status == 137 || run.status == 0, "\(run)")
        guard run.status != 1 else { break }
        if run.status == 0 {
          // Nothing is left to be killed in: once more from the beginning.
          try await ends(as: expected)
          try await site.up()
        } else if !site.state.runningSteps.isEmpty {
          kills += 1
        }
      }
      let apply = try await site.twin("apply")
      #expect(apply.status == 0, "\(apply)")
      try await ends(as: expected)
    }

    /// What tells boundaries apart: every step, or only its kind: `osd` of `h1/osd.0`.
    private static func boundaries(_ steps: Set<String>) -> Set<String> {
      if TestSite.isLong { return steps }
      return Set(steps.map { String(($0.split(separator: "/").last ?? "").prefix { $0 != "." && $0 != "-" }) })
    }

    private func ends(as expected: EndState) async throws {
      let plan = try await site.twin("plan")
      #expect(plan.status == 0, "\(plan)")
      let status = try await site.twin("status", "--wait", "240")
      #expect(status.status == 0, "\(status)")
      let end = try await EndState.observe(site, mon: mon)
      let difference = end.lines.difference(from: expected.lines)
      #expect(difference.isEmpty, "\(difference)")
    }

    /// Steps that passed, by the progress that the controller prints.
    private static func passed(in error: String) -> Set<String> {
      Set(
        error.split(separator: "\n").compactMap { line in
          let words = line.split(separator: " ", omittingEmptySubsequences: true)
          return words.count > 2 && words[1] == "ok" ? String(words[2]) : nil
        })
    }
  }
}
