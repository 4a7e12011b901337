import Glibc

/// How signals reach the agent: a child's end wakes a wait, and a peer that is gone is an error, not a death.
enum Signals {
  /// The ends of a pipe into which each end of a child puts a byte, so that `poll` waits for it like for the rest.
  ///
  /// Unsafe for the compiler alone: set once, before the handler is there and any thread but the first.
  nonisolated(unsafe) private static var childEnds: (read: Int32, write: Int32) = (-1, -1)

  static var childEnded: Int32 { childEnds.read }

  static func prepare() throws {
    signal(SIGPIPE, SIG_IGN)
    childEnds = try makePipe()
    // A full pipe wakes as well as one byte more would.
    for end in [childEnds.read, childEnds.write] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    signal(SIGCHLD) { _ in
      let code = errno
      var byte: UInt8 = 0
      _ = write(Signals.childEnds.write, &byte, 1)
      errno = code
    }
  }

  /// Takes the bytes out before the children are asked for, so that none who ends after is missed.
  static func clearChildEnded() {
    var bytes = [UInt8](repeating: 0, count: 64)
    while read(childEnded, &bytes, bytes.count) > 0 {}
  }
}
