import Foundation
import Testing

extension TwinTests {
  /// `kill -9` of `lab save` and `lab restore` at any moment, by the command line.
  @Suite(.serialized, .timeLimit(.minutes(10))) struct SavedTwinTests {
    private static let name = "test-saved-twin"
    let site: TestSite

    init() async throws {
      let text = try Repository.text("Examples/three-hosts/site.yaml")
      site = try TestSite(
        name: Self.name, yaml: text.replacing("site: three-hosts\n", with: "site: \(Self.name)\n"))
      try await site.begin()
      _ = try await Varde.run(["lab", "forget", Self.name])
    }

    /// Moments in the life of `lab restore`.
    enum RestoreMoment: String, CaseIterable {
      case disks, aside, inPlace, firstHost

      /// What finishes or removes it; before it is in place there is nothing that `up` could finish.
      var remedies: [String] {
        switch self {
        case .disks: ["restore", "down"]
        case .aside: ["down", "restore"]
        case .inPlace: ["up", "down"]
        case .firstHost: ["restore"]
        }
      }

      func hasCome(_ restore: Varde, _ site: TestSite) -> Bool {
        let files = FileManager.default
        return switch self {
        case .disks: files.fileExists(atPath: "\(TestSite.base)/pool/labs/\(site.name)")
        case .aside: files.fileExists(atPath: "\(TestSite.base)/lab/.unfinished/\(site.name)")
        case .inPlace: files.fileExists(atPath: site.folder)
        case .firstHost: restore.error.contains("boots\n")
        }
      }
    }

    @Test func aCutOffRestoreIsFinishedOrRemoved() async throws {
      try await makeAndSave()
      for moment in RestoreMoment.allCases {
        for verb in moment.remedies {
          try await cutOff(["lab", "restore", site.file, Self.name], at: moment.rawValue) { moment.hasCome($0, site) }
          if verb != "down" {
            let rest = verb == "restore" ? [Self.name] : []
            let next = try await Varde.run(["lab", verb, site.file] + rest)
            #expect(next.status == 0, "\(moment): \(next)")
            try await expectAsSaved()
          }
          try await removes()
        }
      }
      try await forgets()
    }

    @Test func aCutOffSaveLosesNothing() async throws {
      try await makeAndSave()
      let restore = try await site.lab("restore", Self.name)
      #expect(restore.status == 0, "\(restore)")
      let moments: [(String, (Varde) -> Bool)] = [
        ("the engines end", { $0.error.contains("stopping") }), ("the hosts end", { $0.error.contains("shutting") }),
        (
          "the hosts are dead",
          { _ in RunningProcess.all(of: site.name).allSatisfy { !$0.commandLine.contains(" -M ") } }
        ),
      ]
      for (moment, hasCome) in moments {
        try await cutOff(["lab", "save", site.file, "\(Self.name)-2"], at: moment, hasCome)
        // Where it was too late, all of it is saved.
        let isTwin = FileManager.default.fileExists(atPath: site.folder)
        let next = try await isTwin ? site.lab("up") : site.lab("restore", "\(Self.name)-2")
        #expect(next.status == 0, "\(moment): \(next)")
        try await expectAsSaved()
        _ = try await Varde.run(["lab", "forget", "\(Self.name)-2"])
      }
      let save = try await site.lab("save", "\(Self.name)-2")
      #expect(save.status == 0, "\(save)")
      try Leftovers.expectNone(of: site.name)
      let forget = try await Varde.run(["lab", "forget", "\(Self.name)-2"])
      #expect(forget.status == 0, "\(forget)")
      try await forgets()
    }

    @Test func namesThatCannotBeAreWrongUse() async throws {
      for name in ["../x", ".x", "a b"] {
        let save = try await site.lab("save", name)
        #expect(save.status == 2, "\(save)")
      }
      let forget = try await Varde.run(["lab", "forget", "test-no-such-twin"])
      #expect(forget.status == 1 && forget.error.contains("no saved twin has this name"), "\(forget)")
    }

    private func makeAndSave() async throws {
      let up = try await site.lab("up")
      #expect(up.status == 0, "\(up)")
      try await site.sh("h1", "echo kept > /etc/kept; echo disk | dd of=/disks/vdb.img conv=notrunc 2>/dev/null")
      let save = try await site.lab("save", Self.name)
      #expect(save.status == 0, "\(save)")
      try Leftovers.expectNone(of: site.name)
      struct Row: Decodable { var name, site: String }
      let rows = try await Varde.run(["lab", "saved", "--format", "json"]).json([Row].self)
      #expect(rows.contains { $0.name == Self.name && $0.site == site.name })
    }

    private func expectAsSaved() async throws {
      #expect(try await site.sh("h1", "cat /etc/kept; head -c 5 /dev/vdb") == "kept\ndisk\n")
      for host in ["h2", "h3"] { #expect(try await site.sh(host, "hostname") == "\(host)\n") }
    }

    private func cutOff(_ words: [String], at moment: String, _ hasCome: (Varde) -> Bool) async throws {
      let command = try await Varde(words)
      let run = try await command.cutOff(at: moment) { hasCome(command) }
      #expect(run.status == 137, "it must not have ended before: \(run)")
    }

    private func removes() async throws {
      let down = try await site.lab("down")
      #expect(down.status == 0, "\(down)")
      try Leftovers.expectNone(of: site.name)
    }

    private func forgets() async throws {
      let forget = try await Varde.run(["lab", "forget", Self.name])
      #expect(forget.status == 0, "\(forget)")
      let saved = try await Varde.run(["lab", "saved", "--format", "json"])
      #expect(!saved.output.contains(Self.name), "\(saved)")
    }
  }
}
