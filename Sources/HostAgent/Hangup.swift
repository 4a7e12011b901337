import Glibc

/// The end of a session, as its agent notices it.
enum Hangup {
  /// Linux's POLLRDHUP, by which a socket tells that its peer has shut down; a pipe tells it by POLLHUP, unasked.
  static let event: Int16 = 0x2000

  /// Waits, unless the controller is gone.
  ///
  /// - Parameter descriptor: that of the session's input
  /// - Throws: `Failure` where it is
  static func pause(milliseconds: Int32, watching descriptor: Int32) throws {
    var watched = pollfd(fd: descriptor, events: event, revents: 0)
    guard poll(&watched, 1, milliseconds) <= 0 else { throw Failure("the controller has closed the session") }
  }
}
