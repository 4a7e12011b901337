import FoundationEssentials
import HostProtocol
import Hosts
import TestSupport
import Testing

/// The real agent as a child of the test, and a directory to work in. Needs root, as the agent itself does.
struct LocalAgent {
  let directory: String
  let session: AgentSession

  static var path: String { Products.agent }

  static func with(_ body: (LocalAgent) async throws -> Void) async throws {
    try #require(
      FileManager.default.isExecutableFile(atPath: path), "no agent at \(path): `swift build --build-tests` makes it")
    let directory = FileManager.default.temporaryDirectory.appending(path: "varde-\(UUID())").path
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: directory) }
    let session = try await AgentSession.open(host: "here", argv: [path])
    do {
      try await body(LocalAgent(directory: directory, session: session))
    } catch {
      await session.close()
      throw error
    }
    await session.close()
  }

  func apply(_ resources: Resource...) async throws -> Applied {
    try await session.apply(resources) { _ in }
  }

  func text(_ name: String) throws -> String {
    try String(contentsOfFile: "\(directory)/\(name)", encoding: .utf8)
  }

  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: "\(directory)/\(name)") }

  func mode(_ name: String) throws -> Int {
    let attributes = try FileManager.default.attributesOfItem(atPath: "\(directory)/\(name)")
    return try #require(attributes[.posixPermissions] as? Int)
  }
}
