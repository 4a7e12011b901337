import FoundationEssentials
import HostProtocol
import Testing

@testable import Hosts

/// The script of the delivery on a host whose `/var/lib` is an empty directory: a mount of the test's own. Needs root.
@Suite struct DeliveryTests {
  @Test func deliversOnceAndOnlyWhole() async throws {
    try await withHost { directory, delivery, argv async throws in
      let file = "\(directory)/varde/agent/\(delivery.sha256)"
      try await visit(argv, delivery)
      let first = try inode(file)
      try await visit(argv, delivery)
      #expect(try inode(file) == first)

      try Data("broken".utf8).write(to: URL(filePath: file))
      try Data("old".utf8).write(to: URL(filePath: "\(directory)/varde/agent/0000"))
      try await visit(argv, delivery)
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory)/varde/agent") == [delivery.sha256])
      #expect(try Data(contentsOf: URL(filePath: file)).count == delivery.bytes.count)
    }
  }

  @Test func anAgentOfAnotherHashIsNotStarted() async throws {
    try await withHost { directory, delivery, argv async throws in
      let other = Delivery(sha256: delivery.sha256, bytes: [0] + delivery.bytes.dropFirst())
      await #expect { try await visit(argv, other) } throws: { "\($0)".contains("did not arrive whole") }
      #expect(try FileManager.default.contentsOfDirectory(atPath: "\(directory)/varde/agent").isEmpty)
    }
  }

  @Test func aGreetingOfTheShellDoesNotDisturb() async throws {
    try await withHost { _, delivery, argv in
      let greeting = ["sh", "-c", "echo Welcome; echo varde: hello; exec \"$@\"", "sh"]
      try await visit(greeting + argv, delivery)
    }
  }

  private func visit(_ argv: [String], _ delivery: Delivery) async throws {
    let session = try await AgentSession.open(host: "here", argv: argv, delivery: delivery)
    await session.close()
  }

  private func withHost(_ body: (String, Delivery, [String]) async throws -> Void) async throws {
    let delivery = try await AgentBinary(path: LocalAgent.path).delivery()
    let directory = FileManager.default.temporaryDirectory.appending(path: "varde-\(UUID())").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let enter = "mount --bind \(directory) /var/lib && exec sh -c \"$0\""
    try await body(directory, delivery, ["unshare", "--mount", "sh", "-c", enter, delivery.script])
  }

  private func inode(_ path: String) throws -> UInt64? {
    try FileManager.default.attributesOfItem(atPath: path)[.systemFileNumber] as? UInt64
  }
}
