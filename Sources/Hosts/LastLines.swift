/// The end of what a program prints as errors.
struct LastLines: Sendable {
  /// In bytes.
  private static let kept = 4096

  private var bytes: [UInt8] = []

  mutating func append(_ more: some Sequence<UInt8>) {
    bytes.append(contentsOf: more)
    if bytes.count > 2 * Self.kept { bytes.removeFirst(bytes.count - Self.kept) }
  }

  /// Up to ten lines, without empty ones.
  var text: String {
    String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
      .filter { !$0.allSatisfy(\.isWhitespace) }.suffix(10).joined(separator: "\n")
  }
}
