import Foundation
import Processes

extension Lab {
  /// Runs a program in a host, on this terminal, as a login there would.
  ///
  /// - Returns: Its exit code; 128 + signal where it was killed.
  public func exec(host name: String, _ argv: [String]) async throws -> Int {
    try Self.requireRoot()
    let environment = [
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "LANG=C.UTF-8",
      "TERM=\(ProcessInfo.processInfo.environment["TERM"] ?? "dumb")",
    ]
    let command = argv.isEmpty ? ["bash", "-l"] : argv
    return try await Command(try host(name).inside(["env", "-i", "-C", "/root"] + environment + command))
      .runOnTerminal()
  }
}
