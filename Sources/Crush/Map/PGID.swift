/// A placement group's name: `3.1f`, its pool and its number in it.
public struct PGID: Hashable, Sendable, Codable, Comparable, CustomStringConvertible {
  public var pool: Int64
  public var seed: UInt32

  public init(pool: Int64, seed: UInt32) {
    self.pool = pool
    self.seed = seed
  }

  /// `nil` where a text is none.
  public init?(_ text: some StringProtocol) {
    guard let dot = text.firstIndex(of: "."), let pool = Int64(text[..<dot]), pool >= 0,
      let seed = UInt32(text[text.index(after: dot)...], radix: 16)
    else { return nil }
    self.init(pool: pool, seed: seed)
  }

  public var description: String { "\(pool).\(String(seed, radix: 16))" }

  public static func < (a: PGID, b: PGID) -> Bool { (a.pool, a.seed) < (b.pool, b.seed) }
}
