/// The last bytes of a stream, and its lines as they come.
struct OutputTail {
  /// In bytes.
  let keep: Int
  let onLine: ((String) -> Void)?
  private(set) var isCut = false
  private var bytes: [UInt8] = []
  private var line: [UInt8] = []

  /// A longer line is told in pieces, so that a stream without newlines needs no memory.
  private static let longestLine = 8 << 10

  init(keep: Int, onLine: ((String) -> Void)?) {
    self.keep = keep
    self.onLine = onLine
  }

  mutating func append(_ piece: ArraySlice<UInt8>) {
    bytes.append(contentsOf: piece)
    // Cut at twice the size, so that each byte is moved once at most.
    if bytes.count > 2 * keep { cut() }
    guard onLine != nil else { return }
    for byte in piece {
      if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") || line.count == Self.longestLine { tell() }
      if byte != UInt8(ascii: "\n") && byte != UInt8(ascii: "\r") { line.append(byte) }
    }
  }

  /// What is kept. The stream is at its end.
  mutating func finish() -> [UInt8] {
    tell()
    if bytes.count > keep { cut() }
    return bytes
  }

  private mutating func cut() {
    bytes.removeFirst(bytes.count - keep)
    isCut = true
  }

  private mutating func tell() {
    guard !line.isEmpty else { return }
    onLine?(String(decoding: line, as: UTF8.self))
    line.removeAll(keepingCapacity: true)
  }
}
