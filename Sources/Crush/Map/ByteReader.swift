import Foundation

extension Data {
  /// As `withUnsafeBytes`, which knows no errors of one type.
  func reading<Value>(
    _ read: (UnsafeRawBufferPointer) throws(CrushMapError) -> Value
  ) throws(CrushMapError) -> Value {
    let result: Result<Value, CrushMapError> = withUnsafeBytes { bytes in
      do throws(CrushMapError) { return .success(try read(bytes)) } catch { return .failure(error) }
    }
    return try result.get()
  }
}

/// Reads numbers, texts and lists of a binary form, least byte first, and never beyond its end.
struct ByteReader {
  private let bytes: UnsafeRawBufferPointer
  private(set) var position = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var isAtEnd: Bool { position >= bytes.count }
  var left: Int { bytes.count - position }

  mutating func read<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws(CrushMapError) -> Number {
    let size = MemoryLayout<Number>.size
    guard left >= size else { throw CrushMapError("it ends in the middle, at byte \(position)") }
    defer { position += size }
    return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
  }

  /// A number of things of at least so many bytes each: more than there can be is no number.
  mutating func count(of size: Int) throws(CrushMapError) -> Int {
    let at = position
    let count = Int(try read(UInt32.self))
    guard count <= left / max(size, 1) else {
      throw CrushMapError("\(count) entries at byte \(at) are more than follow")
    }
    return count
  }

  mutating func text() throws(CrushMapError) -> String {
    let count = try count(of: 1)
    defer { position += count }
    return String(decoding: bytes[position..<position + count], as: UTF8.self)
  }

  mutating func bytes(_ count: Int) throws(CrushMapError) -> UnsafeRawBufferPointer {
    let start = position
    try skip(count)
    return UnsafeRawBufferPointer(rebasing: bytes[start..<position])
  }

  mutating func skip(_ count: Int) throws(CrushMapError) {
    guard left >= count else { throw CrushMapError("it ends in the middle, at byte \(position)") }
    position += count
  }

  /// What Ceph puts before what may grow: which version it is, and how long.
  struct Section {
    var version: UInt8
    var end: Int
  }

  mutating func section() throws(CrushMapError) -> Section {
    let version = try read(UInt8.self)
    try skip(1)
    let length = try count(of: 1)
    return Section(version: version, end: position + length)
  }

  /// Over the rest of a section, which a newer Ceph may have made longer.
  mutating func skip(to section: Section) { position = max(position, section.end) }
}
