import FoundationEssentials
import Subprocess

/// The agent's program on the controller: read once, for all hosts.
actor AgentBinary {
  private let path: String
  private var loading: Task<Delivery, any Error>?

  init(path: String) { self.path = path }

  /// - Throws: `HostError` without a host's fault: the file is not there, or has no hash
  func delivery() async throws -> Delivery {
    if let loading { return try await loading.value }
    let task = Task { [path] in try await Self.load(path) }
    loading = task
    return try await task.value
  }

  private static func load(_ path: String) async throws -> Delivery {
    let bytes: [UInt8]
    do {
      bytes = Array(try Data(contentsOf: URL(filePath: path)))
    } catch {
      throw AgentMissing(path: path, reason: "\(error)")
    }
    let result = try await Subprocess.run(
      .name("sha256sum"), input: .array(bytes), output: .string(limit: 1024), error: .discarded)
    guard let hash = result.standardOutput.split(separator: " ").first, hash.count == 64 else {
      throw AgentMissing(path: path, reason: "sha256sum gives no hash of it")
    }
    return Delivery(sha256: String(hash), bytes: bytes)
  }
}

/// The agent cannot be read on the controller.
struct AgentMissing: Error, CustomStringConvertible {
  var path: String
  var reason: String

  var description: String { "no agent to deliver at \(path) (`make build` makes it): \(reason)" }
}
