import HostProtocol

extension CommandResource: Converging {
  func changes(on host: Host) throws -> [Change] {
    let guarding = try host.ask(unless, timeout: timeout)
    // A guard that cannot be started is a mistake, not an answer.
    guard guarding.status != 127 && guarding.status != 124 else { throw Host.failure(of: unless, guarding) }
    guard guarding.status != 0 else { return [] }
    return [Change("command", from: "exit code \(guarding.status)", to: "exit code 0")]
  }

  func converge(_ host: Host) throws {
    try host.execute(argv, timeout: timeout)
  }
}
