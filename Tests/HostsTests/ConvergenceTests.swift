import FoundationEssentials
import HostProtocol
import Hosts
import Testing

/// The agent's resources that need no Debian host of their own; the others are tested on twins.
@Suite struct ConvergenceTests {
  @Test func aFileConvergesAndStays() async throws {
    try await LocalAgent.with { agent async throws in
      let file = Resource.file(
        FileResource("\(agent.directory)/a", content: "one\n", owner: "daemon", group: "adm", mode: 0o640))
      #expect(try await agent.session.observe([file]).map(\.resource) == [file.id])
      #expect(try await agent.apply(file) == Applied(changed: [file.id]))
      #expect(try agent.text("a") == "one\n")
      #expect(try agent.mode("a") == 0o640)
      #expect(try await agent.session.observe([file]).isEmpty)
      #expect(try await agent.apply(file) == Applied(changed: []))
      let gone = Resource.file(FileResource("\(agent.directory)/a", content: "", present: false))
      #expect(try await agent.apply(gone) == Applied(changed: [gone.id]))
      #expect(!agent.exists("a"))
    }
  }

  @Test func aDifferenceTellsOldAndNew() async throws {
    try await LocalAgent.with { agent async throws in
      let path = "\(agent.directory)/a"
      try Data([0xff, 0x41]).write(to: URL(filePath: path))
      let file = FileResource(path, content: "new", mode: 0o600)
      let changes = try await agent.session.observe([.file(file)]).first?.changes
      #expect(changes?.first == Change("content", from: "\u{fffd}A", to: "new"))
      #expect(changes?.last?.attribute == "mode")
    }
  }

  @Test func aModeAloneLeavesTheTimeOfChange() async throws {
    try await LocalAgent.with { agent async throws in
      let path = "\(agent.directory)/a"
      #expect(try await agent.apply(.file(FileResource(path, content: "x", mode: 0o600))).failure == nil)
      let before = try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date
      #expect(try await agent.apply(.file(FileResource(path, content: "x", mode: 0o644))).failure == nil)
      #expect(try FileManager.default.attributesOfItem(atPath: path)[.modificationDate] as? Date == before)
    }
  }

  @Test func aRefusedContentTakesNoPlace() async throws {
    try await LocalAgent.with { agent async throws in
      let path = "\(agent.directory)/a"
      let good = FileResource(path, content: "good", validate: ["grep", "-q", "good", "%s"])
      #expect(try await agent.apply(.file(good)).failure == nil)
      let bad = FileResource(path, content: "bad", validate: ["grep", "good", "%s"])
      #expect(try await agent.apply(.file(bad)).failure?.message.contains("was not changed") == true)
      #expect(try agent.text("a") == "good")
      #expect(try FileManager.default.contentsOfDirectory(atPath: agent.directory) == ["a"])
    }
  }

  @Test func aSecretIsNeverShown() async throws {
    try await LocalAgent.with { agent async throws in
      let path = "\(agent.directory)/key"
      let heard = Heard()
      for (content, check) in [("hunter2", "true"), ("hunter3", "false")] {
        let file = FileResource(
          path, content: content, mode: 0o600, secret: true, validate: ["sh", "-c", "cat \"$0\"; \(check)", "%s"])
        heard.add(try await agent.session.observe([.file(file)]))
        heard.add(try await agent.session.apply([.file(file)]) { heard.add($0) })
      }
      #expect(try agent.text("key") == "hunter2")
      #expect(try agent.mode("key") == 0o600)
      #expect(!heard.words.contains("hunter"))
      #expect(heard.words.contains("(secret)"))
    }
  }

  @Test func whatIsMissingIsNamed() async throws {
    try await LocalAgent.with { agent async throws in
      let orphan = Resource.file(FileResource("\(agent.directory)/no/a", content: ""))
      #expect(try await agent.apply(orphan).failure?.message.contains("directory resource") == true)
      let stranger = Resource.file(FileResource("\(agent.directory)/a", content: "", owner: "nobody-here"))
      #expect(try await agent.apply(stranger).failure?.message.contains("no user nobody-here") == true)
      let directory = Resource.directory(DirectoryResource("\(agent.directory)/no", mode: 0o750))
      #expect(try await agent.apply(directory, orphan) == Applied(changed: [directory.id, orphan.id]))
      #expect(try agent.mode("no") == 0o750)
      let inItsWay = Resource.file(FileResource("\(agent.directory)/no", content: ""))
      #expect(try await agent.apply(inItsWay).failure?.message.contains("is a directory") == true)
    }
  }

  @Test func aCommandRunsUntilItsGuardIsContent() async throws {
    try await LocalAgent.with { agent async throws in
      let done = "\(agent.directory)/done"
      let command = Resource.command(
        CommandResource(
          "make it", argv: ["sh", "-c", "echo out; echo err >&2; touch \(done)"], unless: ["test", "-e", done]))
      let heard = Heard()
      #expect(try await agent.session.apply([command]) { heard.add($0) } == Applied(changed: [command.id]))
      #expect(heard.words.contains("output(\"out\")") && heard.words.contains("output(\"err\")"))
      #expect(try await agent.session.observe([command]).isEmpty)
      let vain = Resource.command(CommandResource("vain", argv: ["true"], unless: ["false"]))
      let after = Resource.command(CommandResource("after", argv: ["rm", done], unless: ["test", "!", "-e", done]))
      let applied = try await agent.apply(vain, after)
      #expect(applied.failure?.message.contains("still differs") == true)
      #expect(agent.exists("done"))
    }
  }

  @Test func packagesAreReadFromDpkg() async throws {
    try await LocalAgent.with { agent async throws in
      let differences = try await agent.session.observe([
        .package(PackageResource("dpkg")), .package(PackageResource("no-such-package")),
        .package(PackageResource("dpkg", version: "0")),
      ])
      #expect(differences.map(\.resource) == ["package:no-such-package", "package:dpkg"])
    }
  }
}
