import Foundation
import Testing

extension TwinTests {
  /// Two customers with one profile, on twins of their own: one on one virtual machine, one on three racks.
  @Suite(.serialized, .timeLimit(.minutes(8))) struct FleetTests {
    static let names = ["aurora", "borealis"]
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("varde-fleet")
    let sites: [TestSite]

    init() throws {
      try? FileManager.default.removeItem(at: folder)
      try FileManager.default.copyItem(atPath: Repository.path("Examples/fleet"), toPath: folder.path)
      sites = try Self.names.map { [folder] name in
        let file = folder.appendingPathComponent("sites/\(name).yaml")
        let text = try String(contentsOf: file, encoding: .utf8)
        return try TestSite(
          name: "test-\(name)", yaml: text.replacing("site: \(name)\n", with: "site: test-\(name)\n"), file: file.path)
      }
    }

    @Test func aProfilesChangeIsShownForEveryCustomer() async throws {
      for site in sites { try await site.up() }
      let first = try await plan("--format", "json")
      #expect(first.status == 3, "\(first)")
      let members = try first.json(Fleet.self).members
      #expect(members.map(\.site) == ["test-aurora", "test-borealis"])
      #expect(members.allSatisfy { $0.plan?.steps.isEmpty == false })

      for site in sites { try await lookingLeavesNoTrace(site) }

      for site in sites {
        let apply = try await site.twin("apply")
        #expect(apply.status == 0, "\(apply)")
      }
      let none = try await plan()
      #expect(none.status == 0 && none.output.contains("2 sites: 0 to change"), "\(none)")

      // One line of the profile, and every customer gets a pool.
      let profile = folder.appendingPathComponent("profiles/standard.yaml")
      let text = try String(contentsOf: profile, encoding: .utf8)
      let wider = text + "      volumes: { use: rbd, share: 5% }\n"
      try wider.replacing("share: 70%", with: "share: 65%").write(to: profile, atomically: true, encoding: .utf8)
      let change = try await plan("--brief")
      #expect(change.status == 3 && change.output.contains("2 sites: 2 to change"), "\(change)")
      let lines = change.output.split(separator: "\n").map(String.init)
      let pool = try #require(
        lines.firstIndex { $0.contains("osd pool create") && $0.contains("volumes") }, "\(change)")
      #expect(lines[pool...].first { $0.contains(" in test-") } != nil, "\(change)")
      for site in sites { #expect(change.output.contains(site.name)) }

      // A site that is broken keeps no other from being planned.
      let broken = folder.appendingPathComponent("sites/broken.yaml")
      try "site: broken\nhosts: 3\n".write(to: broken, atomically: true, encoding: .utf8)
      let partly = try await plan("--brief")
      #expect(partly.status == 2 && partly.output.contains("broken.yaml:2:8"), "\(partly)")
      #expect(partly.output.contains("3 sites: 2 to change"), "\(partly)")

      for site in sites { try await site.end() }
    }

    /// Who only looks holds no lock: what he wrote another controller would believe.
    private func lookingLeavesNoTrace(_ site: TestSite) async throws {
      for verb in ["plan", "drift"] { #expect(try await site.twin(verb).status == 3) }
      _ = try await site.twin("status")
      #expect(!FileManager.default.fileExists(atPath: "\(site.folder)/state"))
      let refused = try await Varde.run(["apply", "--twin", site.file], input: "n\n")
      #expect(refused.status == 1 && refused.error.contains("nothing was changed"), "\(refused)")
      for table in ["secret", "node", "rollout"] { #expect(try site.state.text(ofTable: table) == "", "\(table)") }
    }

    private func plan(_ rest: String...) async throws -> Varde.Run {
      try await Varde.run(["plan", "--fleet", folder.path, "--twin"] + rest)
    }

    private struct Fleet: Decodable {
      struct Member: Decodable {
        struct Plan: Decodable {
          struct Step: Decodable { var id: String }
          var steps: [Step]
        }
        var site: String
        var plan: Plan?
      }
      var members: [Member]
    }
  }
}
