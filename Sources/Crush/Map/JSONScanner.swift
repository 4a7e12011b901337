#if canImport(Glibc)
  import Glibc
#endif

/// Reads through JSON once and takes out of it what is asked for. For dumps of hundreds of megabytes, of which a decoder that
/// builds everything takes most of the time that a balancing may take; for all else there is `CephDump`.
struct JSONScanner {
  private let bytes: UnsafeRawBufferPointer
  private(set) var position = 0
  private var depth = 0
  /// A broken text could nest so deep that no stack holds it.
  private static var deepest: Int { 200 }

  /// Begins where the JSON begins; see `CephJSON`.
  init(_ bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    position = CephJSON.start(of: bytes)
  }

  /// A key as it stands in the text, to be compared with others.
  struct Key {
    fileprivate let bytes: UnsafeRawBufferPointer

    var text: String { String(decoding: bytes, as: UTF8.self) }

    static func ~= (name: StaticString, key: Key) -> Bool {
      name.utf8CodeUnitCount == key.bytes.count
        && memcmp(name.utf8Start, key.bytes.baseAddress ?? UnsafeRawPointer(name.utf8Start), key.bytes.count) == 0
    }
  }

  /// Whether the next value is an array, or an object.
  mutating func isArray() throws(CrushMapError) -> Bool { try peek() == UInt8(ascii: "[") }

  /// Goes through an object; the body reads each value, or skips it.
  mutating func object(_ body: (inout JSONScanner, Key) throws(CrushMapError) -> Void) throws(CrushMapError) {
    try elements("{", "}") { scanner throws(CrushMapError) in
      let key = Key(bytes: try scanner.quoted())
      try scanner.expect(":")
      try body(&scanner, key)
    }
  }

  /// Goes through an array; the body reads each element, or skips it.
  mutating func array(_ body: (inout JSONScanner) throws(CrushMapError) -> Void) throws(CrushMapError) {
    try elements("[", "]", body)
  }

  private mutating func elements(
    _ begin: Unicode.Scalar, _ end: Unicode.Scalar, _ body: (inout JSONScanner) throws(CrushMapError) -> Void
  ) throws(CrushMapError) {
    try expect(begin)
    depth += 1
    guard depth <= Self.deepest else { throw CrushMapError("at byte \(position): nested too deep") }
    if try peek() != UInt8(ascii: end) {
      while true {
        try body(&self)
        if try peek() != UInt8(ascii: ",") { break }
        position += 1
      }
    }
    try expect(end)
    depth -= 1
  }

  mutating func number() throws(CrushMapError) -> Double {
    let start = try beginOfNumber()
    var value = 0.0
    var place = position
    while place < bytes.count, case let digit = bytes[place] &- UInt8(ascii: "0"), digit < 10 {
      value = value * 10 + Double(digit)
      place += 1
    }
    let isWhole = place > position && (place == bytes.count || !Self.goesOn(bytes[place])) && place - position <= 15
    position = place
    if isWhole { return bytes[start] == UInt8(ascii: "-") ? -value : value }
    while position < bytes.count, Self.goesOn(bytes[position]) { position += 1 }
    guard let number = Double(String(decoding: bytes[start..<position], as: UTF8.self)), number.isFinite else {
      throw CrushMapError("at byte \(start): no number")
    }
    return number
  }

  mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws(CrushMapError) -> Number {
    let start = position
    guard let number = Number(exactly: try number()) else {
      throw CrushMapError("at byte \(start): no whole number, or one too large")
    }
    return number
  }

  /// An array of whole numbers.
  mutating func integers<Number: FixedWidthInteger>(_ type: Number.Type = Number.self) throws(CrushMapError) -> [Number]
  {
    var numbers: [Number] = []
    try array { scanner throws(CrushMapError) in numbers.append(try scanner.integer()) }
    return numbers
  }

  private mutating func beginOfNumber() throws(CrushMapError) -> Int {
    _ = try peek()
    let start = position
    if bytes[position] == UInt8(ascii: "-") { position += 1 }
    return start
  }

  private static func goesOn(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "e"), UInt8(ascii: "E"),
      UInt8(ascii: "+"), UInt8(ascii: "-"):
      true
    default: false
    }
  }

  /// A text of plain letters, as names and numbers of groups are.
  mutating func text() throws(CrushMapError) -> String { String(decoding: try quoted(), as: UTF8.self) }

  private mutating func quoted() throws(CrushMapError) -> UnsafeRawBufferPointer {
    try expect("\"")
    let start = position
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard position < bytes.count else { throw CrushMapError("a text that begins at byte \(start) does not end") }
    position += 1
    return UnsafeRawBufferPointer(rebasing: bytes[start..<position - 1])
  }

  /// Over a value of any kind.
  mutating func skip() throws(CrushMapError) {
    switch try peek() {
    case UInt8(ascii: "{"): try object { scanner, _ throws(CrushMapError) in try scanner.skip() }
    case UInt8(ascii: "["): try array { scanner throws(CrushMapError) in try scanner.skip() }
    case UInt8(ascii: "\""): _ = try quoted()
    // Also `nan`, which Ceph writes for a number that is none.
    case UInt8(ascii: "t"), UInt8(ascii: "f"), UInt8(ascii: "n"):
      while position < bytes.count, (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(bytes[position]) { position += 1 }
    default:
      let start = position
      if let word = CephJSON.noNumber(bytes, position) {
        position += word
        return
      }
      while position < bytes.count, Self.goesOn(bytes[position]) { position += 1 }
      guard position > start else { throw CrushMapError("at byte \(start): no JSON") }
    }
  }

  private mutating func peek() throws(CrushMapError) -> UInt8 {
    while position < bytes.count, bytes[position] <= UInt8(ascii: " ") { position += 1 }
    guard position < bytes.count else { throw CrushMapError("it ends in the middle, at byte \(position)") }
    return bytes[position]
  }

  private mutating func expect(_ scalar: Unicode.Scalar) throws(CrushMapError) {
    guard try peek() == UInt8(ascii: scalar) else {
      throw CrushMapError("at byte \(position): no '\(scalar)', where one must be")
    }
    position += 1
  }
}
