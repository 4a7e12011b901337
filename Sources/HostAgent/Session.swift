import Glibc
import HostProtocol

/// Answers one controller, request by request.
struct Session {
  let channel: Channel
  /// Path of the host's lock.
  let lock: String
  /// How many seconds to wait for it.
  let patience: Int
  private let host: Host
  private let monitors = Monitors()

  init(channel: Channel, lock: String, patience: Int) {
    self.channel = channel
    self.lock = lock
    self.patience = patience
    host = Host(hangup: channel.input)
  }

  /// Until the controller closes the session.
  ///
  /// - Throws: where the stream of requests cannot be read on
  func serve() throws {
    guard let greeting = try channel.receive() else { return }
    guard try greet(Wire.message(of: greeting)) else { return }
    defer { host.lock?.release() }
    while let payload = try channel.receive() {
      let response: Response
      do {
        response = try answer(Wire.message(of: payload))
      } catch {
        response = .failed((error as? Applied.Failure).map { "\($0.resource): \($0.message)" } ?? "\(error)")
      }
      try channel.send(response)
    }
  }

  /// `false`: there is nothing to talk about.
  private func greet(_ request: Request) throws -> Bool {
    guard case .hello(let version, let claim) = request else {
      try channel.send(.failed("the first request must be hello"))
      return false
    }
    guard version == protocolVersion else {
      let words =
        "the controller speaks protocol version \(version), the agent that it delivers \(protocolVersion): varde and the "
        + "varde-agent beside it (or in VARDE_AGENT) must be of one build"
      try channel.send(.failed(words))
      return false
    }
    if let claim {
      do {
        host.lock = try HostLock(lock, patience: patience, claim, hangup: channel.input) {
          try? channel.send(.event(.output($0)))
        }
      } catch {
        try channel.send(.failed("\(error)"))
        return false
      }
    }
    try channel.send(.hello(version: protocolVersion, facts: Facts.read()))
    return true
  }

  private func answer(_ request: Request) throws -> Response {
    switch request {
    case .hello: .failed("hello was said before")
    case .observe(let resources): .differences(try Convergence(host: host).observe(resources))
    case .apply(let resources): .applied(apply(resources))
    case .run(let command): try run(command)
    case .mon(let command): .monReply(monitors.ask(command))
    case .read(let paths, let limit):
      .contents(paths.map { try? FileSystem.read($0, limit: min(max(limit, 0), Frame.longest)) })
    }
  }

  private func apply(_ resources: [Resource]) -> Applied {
    // Where the controller is gone, the command under way notices it by the session's hangup.
    host.onOutput = { try? channel.send(.event(.output($0))) }
    defer { host.onOutput = nil }
    do {
      try ServicePolicy.removeLeftover()
    } catch {
      return Applied(changed: [], failure: .init(resource: "file:\(ServicePolicy.path)", message: "\(error)"))
    }
    return Convergence(host: host).apply(resources) { try channel.send(.event(.changing($0))) }
  }

  /// Kept whole or refused: half of an answer is worse than none.
  private func run(_ request: CommandRequest) throws -> Response {
    let child = Child(
      argv: request.argv, input: Array((request.input ?? "").utf8), timeout: request.timeout, keep: 32 << 20,
      leftovers: host.leftovers)
    let outcome = try child.run(hangup: channel.input)
    guard !outcome.isCut else {
      return .failed("`\(request.argv.joined(separator: " "))` printed more than \(child.keep >> 20) MiB")
    }
    return .ran(
      CommandResult(
        status: outcome.status, output: String(decoding: outcome.output, as: UTF8.self),
        error: String(decoding: outcome.error, as: UTF8.self)))
  }
}
