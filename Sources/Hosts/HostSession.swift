import HostProtocol

/// A conversation with one host's agent. Closed by `close()`, or when the host is gone.
public protocol HostSession: AnyObject, Sendable {
  var host: String { get }
  /// Whether it still takes requests.
  var isOpen: Bool { get }
  var facts: Facts { get }
  func observe(_ resources: [Resource]) async throws -> [Difference]
  func apply(_ resources: [Resource], progress: @escaping @Sendable (Event) -> Void) async throws -> Applied
  func run(_ command: CommandRequest) async throws -> CommandResult
  func mon(_ command: MonCommand) async throws -> MonReply
  func read(_ paths: [String], limit: Int) async throws -> [[UInt8]?]
  func close() async
}

/// Why a host could not be talked to.
public struct HostError: Error, Sendable, CustomStringConvertible {
  public var host: String
  /// What happened and what to do, with ssh's own words.
  public var message: String

  public init(host: String, message: String) {
    self.host = host
    self.message = message
  }

  /// In one line, whatever ssh or the host printed.
  public var description: String {
    let lines = message.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(while: \.isWhitespace) }
    return "\(host): \(lines.joined(separator: " / "))"
  }
}

/// Where a host is reached.
public struct HostAddress: Sendable, Hashable {
  public var name: String
  /// What ssh connects to; the operator's ssh configuration may say more about it.
  public var address: String

  public init(name: String, address: String) {
    self.name = name
    self.address = address
  }
}
