/// A message on its way: its length in four bytes, big-endian, and as many bytes of JSON.
public enum Frame {
  /// In bytes. A longer frame is an error of the protocol, never an allocation.
  public static let longest = 64 << 20

  static let headerLength = 4

  /// - Throws: `FrameError.tooLong`
  public static func encode(_ payload: [UInt8]) throws(FrameError) -> [UInt8] {
    guard payload.count <= longest else { throw .tooLong(payload.count) }
    let length = UInt32(payload.count)
    var frame: [UInt8] = []
    frame.reserveCapacity(headerLength + payload.count)
    frame.append(contentsOf: (0..<headerLength).map { UInt8(truncatingIfNeeded: length >> (24 - 8 * $0)) })
    frame.append(contentsOf: payload)
    return frame
  }
}

/// What is wrong with bytes that should have been messages.
public enum FrameError: Error, Sendable, Hashable, CustomStringConvertible {
  /// In bytes, as the frame's header says.
  case tooLong(Int)
  /// The bytes ended in the middle of a frame.
  case truncated
  /// A whole frame whose bytes are not the expected message; with the decoder's words.
  case notAMessage(String)

  public var description: String {
    switch self {
    case .tooLong(let length): "a message of \(length) bytes; the longest is \(Frame.longest)"
    case .truncated: "the connection ended in the middle of a message"
    case .notAMessage(let words): "not a message of protocol version \(protocolVersion): \(words)"
    }
  }
}
