import HostProtocol

/// Opens agents over the system's OpenSSH.
public struct SSH: Sendable {
  /// `-F`; `nil`: the operator's own configuration.
  public var config: String?
  /// Path of the agent to deliver.
  public var agent: String

  public init(config: String?, agent: String) {
    self.config = config
    self.agent = agent
  }

  /// One ssh process: delivers the agent where its hash is not there yet, starts it, and greets it.
  ///
  /// - Throws: `HostError`
  public func open(_ host: HostAddress) async throws -> any HostSession {
    throw HostError(host: host.name, message: "not there yet")
  }
}
