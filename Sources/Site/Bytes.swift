/// A size in bytes. Written with a unit: `256GiB`, `4TB`.
public struct Bytes: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
  public var count: UInt64

  public init(_ count: UInt64) { self.count = count }

  /// Binary units: `.gib(4)` is 4 × 2³⁰ bytes.
  public static func gib(_ n: UInt64) -> Bytes { Bytes(n << 30) }

  public static func < (a: Bytes, b: Bytes) -> Bool { a.count < b.count }

  private static let units: [(suffix: String, factor: UInt64)] = [
    ("KiB", 1 << 10), ("MiB", 1 << 20), ("GiB", 1 << 30), ("TiB", 1 << 40), ("PiB", 1 << 50),
    ("KB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000),
    ("PB", 1_000_000_000_000_000),
  ]

  /// The units that a site file may use, binary ones first.
  public static var unitNames: [String] { units.map(\.suffix) }

  /// Parses `256GiB` or `1.5TB`; `nil` where the unit is missing or unknown, or the number is none or too large.
  public init?(_ text: String) {
    guard let unit = Self.units.first(where: { text.hasSuffix($0.suffix) }) else { return nil }
    let digits = text.dropLast(unit.suffix.count)
    guard digits.utf8.allSatisfy({ $0 == UInt8(ascii: ".") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
      let number = Double(digits), number * Double(unit.factor) < Double(UInt64.max)
    else { return nil }
    self.count = UInt64(number * Double(unit.factor))
  }

  /// In the largest binary unit that gives at least 1, with at most one decimal: `3.6 TiB`.
  public var description: String {
    guard let unit = Self.units.prefix(5).last(where: { count >= $0.factor }) else { return "\(count) B" }
    let tenths = (Double(count) / Double(unit.factor) * 10).rounded() / 10
    let number = tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
    return "\(number) \(unit.suffix)"
  }

  /// As a plain number of bytes.
  public init(from decoder: any Decoder) throws {
    count = try decoder.singleValueContainer().decode(UInt64.self)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(count)
  }
}
