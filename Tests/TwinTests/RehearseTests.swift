import Foundation
import Testing

extension TwinTests {
  /// A site of three hosts is to get a fourth: rehearsed, and then done as rehearsed, and not otherwise. The tests share
  /// what the first one saves, and run in this order.
  @Suite(.serialized, .timeLimit(.minutes(8))) struct RehearseTests {
    let today: TestSite
    let site: TestSite

    init() throws {
      today = try TestSite(
        name: Self.name, yaml: Self.yaml(hosts: 3), file: Self.file("today").path)
      site = try TestSite(name: Self.name, yaml: Self.yaml(hosts: 4), file: Self.file("tomorrow").path)
    }

    @Test func aGrowthIsRehearsed() async throws {
      try await forget()
      try await site.begin()
      let html = Self.file("report").path
      let run = try await Varde.run(
        ["rehearse", site.file, "--from", today.file, "--failures", "2", "--format", "json", "--html", html],
        within: .seconds(420))
      #expect(run.status == 0, "\(run)")
      let report = try run.json(Report.self)
      #expect(report.change.done == report.change.steps && report.change.steps > 5)
      #expect(report.change.load?.wrongBlocks == 0 && (report.change.load?.writes ?? 0) > 50)
      #expect(report.change.load?.lostFlows == [] && report.change.load?.flows == 6)
      #expect(report.failures.map(\.kind) == ["host", "disk"])
      #expect(report.failures.allSatisfy { $0.verdicts.allSatisfy { $0.observed == $0.predicted } })
      let page = try String(contentsOfFile: html, encoding: .utf8)
      #expect(page.contains(report.digest) && page.contains("<svg") && !page.contains("<script"))
      try report.digest.write(to: Self.file("digest"), atomically: true, encoding: .utf8)
      #expect(!FileManager.default.fileExists(atPath: site.folder), "the twin is taken down")
    }

    @Test func onlyWhatWasRehearsedIsDone() async throws {
      let digest = try String(contentsOf: Self.file("digest"), encoding: .utf8)
      let saved = try #require(try await saved().first)
      let restored = try await today.lab("restore", saved)
      #expect(restored.status == 0, "\(restored)")
      let second = try await Varde.run(["rehearse", site.file])
      #expect(second.status == 2 && second.error.contains("varde lab down"), "there is a twin: \(second)")
      #expect(try await site.lab("up").status == 0)
      let plan = try await site.twin("plan", "--brief")
      #expect(plan.output.hasSuffix("digest: \(digest)\n"), "\(plan)")

      try site.edit(Self.yaml(hosts: 4, pools: "vms: { share: 40% }, images: { share: 20% }"))
      let other = try await site.twin("apply", "--rehearsed", digest)
      #expect(other.status == 1 && other.error.contains(digest) && other.error.contains("rehearse again"), "\(other)")
      let unclear = try await site.twin("apply", "--rehearsed", "sha256:12")
      #expect(unclear.status == 2, "\(unclear)")

      try site.edit(Self.yaml(hosts: 4))
      let apply = try await site.twin("apply", "--rehearsed", digest)
      #expect(apply.status == 0, "\(apply)")
      #expect(try await site.twin("plan").status == 0)
      #expect(try await site.lab("down").status == 0)
      try await forget()
      try Leftovers.expectNone(of: site.name)
    }

    // MARK: what is looked at

    private static let name = "test-rehearse"

    private static func file(_ name: String) -> URL {
      FileManager.default.temporaryDirectory.appendingPathComponent("\(Self.name)-\(name).yaml")
    }

    private static func yaml(hosts: Int, pools: String = "vms: { share: 60% }") -> String {
      var text = "site: \(name)\nhosts:\n"
      for host in 1...hosts {
        text += "  a\(host): { address: 198.18.0.\(10 + host), memory: 4GiB, "
        text += "disks: [{ path: /dev/vdb, size: 8GiB }] }\n"
      }
      return text + "storage: { ceph: { pools: { \(pools) } } }\n"
    }

    /// Names of twins that rehearsals of this site have saved.
    private func saved() async throws -> [String] {
      struct Row: Decodable { var name, site: String }
      return try await Varde.run(["lab", "saved", "--format", "json"]).json([Row].self)
        .filter { $0.site == Self.name }.map(\.name)
    }

    private func forget() async throws {
      for name in try await saved() { _ = try await Varde.run(["lab", "forget", name]) }
      try? FileManager.default.removeItem(atPath: "\(TestSite.base)/rehearsed/\(Self.name).json")
    }

    private struct Report: Decodable {
      struct Load: Decodable {
        var writes: Int?
        var wrongBlocks: Int?
        var flows: Int
        var lostFlows: [String]
      }
      struct Change: Decodable {
        var steps, done: Int
        var load: Load?
      }
      struct Failure: Decodable {
        struct Verdict: Decodable {
          var predicted: Bool
          var observed: Bool?
        }
        var kind: String
        var verdicts: [Verdict]
      }
      var digest: String
      var change: Change
      var failures: [Failure]
    }
  }
}
