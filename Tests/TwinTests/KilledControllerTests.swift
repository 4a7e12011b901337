import Foundation
import TestSupport
import Testing

extension TwinTests {
  /// The controller is killed at every step boundary of a rollout, and at random moments within steps; `apply` then goes
  /// on, and the end is always that of a rollout that nobody disturbed.
  @Suite(.serialized, .timeLimit(.minutes(15))) struct KilledControllerTests {
    let site: TestSite

    init() throws { site = try TestSite("one-rack") }

    private static let undisturbed = Task { () -> EndState in
      let tests = try KilledControllerTests()
      try await tests.begin()
      let apply = try await tests.site.twin("apply")
      guard apply.status == 0 else { throw Unmet("\(apply)") }
      return try await EndState.observe(tests.site, mon: "a1")
    }

    /// One step at a time, so that no two boundaries are one.
    @Test func aKillAtEveryStepBoundaryEndsAlike() async throws {
      let expected = try await Self.undisturbed.value
      try await begin()
      var passed: Set<String> = []
      var boundaries = 0
      var merged: [Set<String>] = []
      while true {
        let apply = try await Varde(["apply", "--twin", site.file, "--yes", "--forks", "1"])
        let run = try await apply.killed { !Self.passed(in: apply.error).isSubset(of: passed) }
        let new = Self.passed(in: run.error).subtracting(passed)
        passed.formUnion(new)
        if run.status == 0 { break }
        #expect(run.status == 137, "\(run)")
        guard run.status == 137 else { break }
        boundaries += 1
        if new.count > 1 { merged.append(new) }
      }
      print("killed at \(boundaries) boundaries of \(passed.count) steps; passed before the kill came: \(merged)")
      #expect(boundaries >= 30, "a rollout of one rack has more steps")
      #expect(merged.joined().count * 10 <= passed.count, "the kills came too late: \(merged)")
      try await ends(as: expected)
    }

    @Test func twentyKillsWithinStepsEndAlike() async throws {
      let expected = try await Self.undisturbed.value
      try await begin()
      var random = SplitMix64(UInt64(Date().timeIntervalSince1970))
      print("the random moments' seed: \(random.state)")
      var kills = 0
      while kills < 20 {
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
          try await begin()
        } else if !site.state.runningSteps.isEmpty {
          kills += 1
        }
      }
      let apply = try await site.twin("apply")
      #expect(apply.status == 0, "\(apply)")
      try await ends(as: expected)
      let down = try await site.lab("down")
      #expect(down.status == 0, "\(down)")
      try Leftovers.expectNone(of: site.name)
    }

    private func begin() async throws {
      try await site.begin()
      let up = try await site.lab("up")
      guard up.status == 0 else { throw Unmet("\(up)") }
    }

    private func ends(as expected: EndState) async throws {
      let plan = try await site.twin("plan")
      #expect(plan.status == 0, "\(plan)")
      let status = try await site.twin("status", "--wait", "240")
      #expect(status.status == 0, "\(status)")
      let end = try await EndState.observe(site, mon: "a1")
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
