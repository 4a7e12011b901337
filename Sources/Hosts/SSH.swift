import HostProtocol

/// Opens agents over the system's OpenSSH.
public struct SSH: Sendable {
  /// `-F`; `nil`: the operator's own configuration.
  public let config: String?
  /// Path of the agent to deliver.
  public let agent: String
  private let binary: AgentBinary

  public init(config: String?, agent: String) {
    self.config = config
    self.agent = agent
    binary = AgentBinary(path: agent)
  }

  /// One ssh process: delivers the agent where its hash is not there yet, starts it, and greets it.
  ///
  /// - Parameters: as of `AgentSession.open`
  /// - Throws: `HostError`, `CancellationError`
  public func open(
    _ host: HostAddress, claim: Claim? = nil, notice: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> any HostSession {
    let delivery: Delivery
    do {
      delivery = try await binary.delivery()
    } catch {
      throw HostError(host: host.name, message: "\(error)")
    }
    let argv = argv(for: host.address, script: delivery.script)
    do {
      return try await AgentSession.open(
        host: host.name, argv: argv, delivery: delivery, claim: claim, notice: notice)
    } catch let error as HostError {
      let advice = Self.advice(on: error.message, address: host.address).map { "\n\($0)" } ?? ""
      throw HostError(host: host.name, message: error.message + advice)
    }
  }

  /// Jump hosts, keys and ports are the operator's configuration's business. The rest is said here, as it must hold
  /// whatever stands there: no questions, host keys always checked, nothing forwarded, and a dead host is noticed
  /// after 15 seconds.
  private func argv(for address: String, script: String) -> [String] {
    let options = [
      "BatchMode=yes", "StrictHostKeyChecking=yes", "ConnectTimeout=10", "ServerAliveInterval=5",
      "ServerAliveCountMax=3", "ClearAllForwardings=yes", "ForwardAgent=no", "ForwardX11=no", "RequestTTY=no",
    ]
    // The agent needs root; another user can only be meant where the site says so.
    let target = address.contains("@") ? address : "root@\(address)"
    return ["ssh"] + (config.map { ["-F", $0] } ?? []) + options.flatMap { ["-o", $0] }
      + ["--", target, "exec sh -c \(Self.quoted(script))"]
  }

  /// For the login shell of the host, whatever it is.
  private static func quoted(_ text: String) -> String {
    "'" + text.replacing("'", with: "'\\''") + "'"
  }
}
