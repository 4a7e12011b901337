/// Cuts a stream of bytes, which come in pieces of any size, into frames.
public struct FrameReader: Sendable {
  private var bytes: [UInt8] = []
  /// Where the next frame begins in `bytes`.
  private var start = 0

  public init() {}

  /// Some bytes of a frame are there, but not all of them.
  public var isInsideFrame: Bool { start < bytes.count }

  public mutating func append(_ more: some Sequence<UInt8>) {
    bytes.append(contentsOf: more)
  }

  /// The payload of the next whole frame; `nil`: more bytes are needed.
  ///
  /// - Throws: `FrameError.tooLong`; the stream cannot be read on after it.
  public mutating func next() throws(FrameError) -> [UInt8]? {
    let header = bytes[start...].prefix(Frame.headerLength)
    guard header.count == Frame.headerLength else { return nil }
    let length = header.reduce(0) { $0 << 8 | Int($1) }
    guard length <= Frame.longest else { throw .tooLong(length) }
    let payload = start + Frame.headerLength
    guard bytes.count - payload >= length else { return nil }
    defer { drop(to: payload + length) }
    return Array(bytes[payload..<payload + length])
  }

  /// Keeps what is consumed until it is the larger part, so that many small frames cost no copy each.
  private mutating func drop(to index: Int) {
    start = index
    guard start > bytes.count / 2 else { return }
    bytes.removeSubrange(..<start)
    start = 0
  }
}
