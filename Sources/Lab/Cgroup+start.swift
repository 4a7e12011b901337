import Processes

extension Cgroup {
  /// Starts a program in this cgroup and returns: it lives on when we end, in a session of its own, so that neither
  /// the terminal's signals nor its end reach it.
  ///
  /// - Parameter log: What it prints is appended to this file.
  func start(_ argv: [String], log: String) async throws {
    let detach = ["sh", "-c", "log=$1; shift; setsid \"$@\" </dev/null >>\"$log\" 2>&1 &", "sh", log]
    try await Command.check(joining(detach + argv))
  }
}
