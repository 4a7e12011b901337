import Glibc
import HostProtocol

/// The frames from and to the controller.
final class Channel {
  /// Also watched while a command runs: its hangup ends the command.
  let input: Int32
  private let output: Int32
  private var reader = FrameReader()

  /// Moves the session off descriptors 0 and 1, so that no library's stray print can get between frames.
  init() throws {
    input = try check(fcntl(0, F_DUPFD_CLOEXEC, 3), "standard input")
    output = try check(fcntl(1, F_DUPFD_CLOEXEC, 3), "standard output")
    let null = try check(open("/dev/null", O_RDONLY | O_CLOEXEC), "/dev/null")
    dup2(null, 0)
    dup2(2, 1)
    close(null)
  }

  /// `nil`: the controller has closed the session.
  func receive() throws -> [UInt8]? {
    while true {
      if let payload = try reader.next() { return payload }
      let piece = try readOnce(input, limit: 1 << 16, "the controller's requests")
      guard !piece.isEmpty else {
        if reader.isInsideFrame { throw FrameError.truncated }
        return nil
      }
      reader.append(piece)
    }
  }

  func send(_ response: Response) throws {
    do {
      try writeAll(try Wire.frame(response), to: output, "responses to the controller")
    } catch let error as FrameError {
      try writeAll(try Wire.frame(Response.failed("the answer is \(error)")), to: output, "responses to the controller")
    }
  }
}
