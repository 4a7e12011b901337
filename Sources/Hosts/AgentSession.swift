import HostProtocol

/// A session with an agent over the standard streams of one process: ssh's, or the agent's own.
///
/// Requests of several tasks are answered in their order. A task that is cancelled while the agent works for it closes
/// the session: the agent then ends its command, and leaves.
public final class AgentSession: HostSession {
  public let host: String
  public let facts: Facts
  private let line: AgentLine

  public var isOpen: Bool { line.isOpen }

  private init(host: String, facts: Facts, line: AgentLine) {
    (self.host, self.facts, self.line) = (host, facts, line)
  }

  /// Starts the process, delivers the agent where it asks for it, and greets it.
  ///
  /// - Parameters:
  ///   - argv: a program whose standard streams end at an agent
  ///   - delivery: what a program that begins with `Delivery.script` gets; `nil`: it is the agent from the start
  ///   - claim: who is to change the host until the session ends; `nil`: nobody
  ///   - notice: told whom the host is waited for, where it is another controller's
  /// - Throws: `HostError`
  public static func open(
    host: String, argv: [String], delivery: Delivery? = nil, claim: Claim? = nil,
    notice: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> AgentSession {
    let line = AgentLine(host: host, argv: argv, delivery: delivery)
    do {
      let hello = Request.hello(version: protocolVersion, claim: claim)
      let response = try await line.ask(hello, within: .seconds(120)) { event in
        if case .output(let words) = event { notice(words) }
      }
      guard case .hello(protocolVersion, let facts) = response else { throw unexpected(response, host) }
      return AgentSession(host: host, facts: facts, line: line)
    } catch {
      await line.close()
      throw error
    }
  }

  public func observe(_ resources: [Resource]) async throws -> [Difference] {
    let response = try await line.ask(.observe(resources), within: .seconds(300))
    guard case .differences(let differences) = response else { throw Self.unexpected(response, host) }
    return differences
  }

  /// Without a time limit: the agent limits each command, and ssh notices a host that is gone.
  public func apply(
    _ resources: [Resource], progress: @escaping @Sendable (Event) -> Void
  ) async throws -> Applied {
    let response = try await line.ask(.apply(resources), within: nil, progress: progress)
    guard case .applied(let applied) = response else { throw Self.unexpected(response, host) }
    return applied
  }

  public func run(_ command: CommandRequest) async throws -> CommandResult {
    let response = try await line.ask(.run(command), within: .seconds(command.timeout + 30))
    guard case .ran(let result) = response else { throw Self.unexpected(response, host) }
    return result
  }

  public func mon(_ command: MonCommand) async throws -> MonReply {
    // The timeout counts for the connection, and again for the command.
    let response = try await line.ask(.mon(command), within: .seconds(2 * command.timeout + 30))
    guard case .monReply(let reply) = response else { throw Self.unexpected(response, host) }
    return reply
  }

  public func read(_ paths: [String], limit: Int) async throws -> [[UInt8]?] {
    let response = try await line.ask(.read(paths: paths, limit: limit), within: .seconds(60))
    guard case .contents(let contents) = response else { throw Self.unexpected(response, host) }
    return contents
  }

  /// The agent ends, and with it a command that it runs.
  public func close() async { await line.close() }

  private static func unexpected(_ response: Response, _ host: String) -> HostError {
    switch response {
    case .failed(let words): HostError(host: host, message: words)
    case .hello(let version, _):
      HostError(
        host: host,
        message: "the agent speaks protocol version \(version), this varde \(protocolVersion): varde and the "
          + "varde-agent beside it (or in VARDE_AGENT) must be of one build")
    default: HostError(host: host, message: "the agent answered something else than was asked")
    }
  }
}
