#if canImport(Glibc)
  import Glibc
#endif

/// The logarithm by which `straw2` draws: 2^44 × log2(x + 1) in fixed point, with the small errors of its tables, which whoever
/// maps must make, too. See Ceph's `crush_ln`.
enum CrushLogarithm {
  /// 2^48 − `crush_ln(u)` for each 16-bit u: what a straw lacks to the longest one. Each is exact as a Double.
  /// Made once, for all mappers.
  nonisolated(unsafe) static let shortfall: UnsafePointer<Double> = {
    let table = UnsafeMutablePointer<Double>.allocate(capacity: 0x10000)
    for draw in 0...0xffff { (table + draw).initialize(to: Double((1 << 48) - logarithm(of: draw))) }
    return UnsafePointer(table)
  }()

  /// - Parameter u: below 2^16
  static func logarithm(of u: Int) -> Int64 {
    var x = UInt64(u + 1)
    // Normalised to [2^15, 2^16].
    var exponent: Int64 = 15
    while x & 0x18000 == 0 {
      x <<= 1
      exponent -= 1
    }
    let k = Int(x >> 8) - 128
    let rest = (x &* reciprocals[k]) >> 48
    return exponent << 44 + (coarse[k] + fine[Int(rest & 0xff)]) >> 4
  }

  /// 2^48 / (1 + k/128), rounded up.
  private static let reciprocals: [UInt64] = (0...128).map { k in
    let divisor = UInt64(128 + k)
    return ((128 << 48) + divisor - 1) / divisor
  }

  /// 2^48 × log2(1 + k/128), rounded down; the last one is less, so that no logarithm reaches 2^48.
  private static let coarse: [Int64] =
    (0..<128).map { (k: Int) -> Int64 in Int64(log2(1 + Double(k) / 128) * 0x1p48) } + [0xffff_0000_0000]
}
