import Hosts

extension SSH {
  /// Asks one host something, whoever built it, and leaves it again whatever happens.
  ///
  /// - Parameter config: ssh configuration to use instead of one's own
  /// - Throws: `InputError` without an agent; `HostError`; what the question throws
  static func visiting<Value>(
    _ host: String, config: String?, _ question: (any HostSession) async throws -> Value
  ) async throws -> Value {
    let ssh = try SSH(config: config, agent: HostOptions.agentPath())
    let session = try await ssh.open(HostAddress(name: host, address: host)) { Terminal.say("\(host): \($0)") }
    do {
      let value = try await question(session)
      await session.close()
      return value
    } catch {
      await session.close()
      throw error
    }
  }
}
