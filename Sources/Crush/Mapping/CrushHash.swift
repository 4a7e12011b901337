/// CRUSH's hash: Robert Jenkins' 32-bit mix (`CRUSH_HASH_RJENKINS1`, the only one that there is), over two to four words.
enum CrushHash {
  private static let seed: UInt32 = 1_315_423_911
  private static let x: UInt32 = 231_232
  private static let y: UInt32 = 1232

  /// Mixes three words in place.
  @inline(__always)
  static func mix(_ a: inout UInt32, _ b: inout UInt32, _ c: inout UInt32) {
    a = (a &- b &- c) ^ (c &>> 13)
    b = (b &- c &- a) ^ (a &<< 8)
    c = (c &- a &- b) ^ (b &>> 13)
    a = (a &- b &- c) ^ (c &>> 12)
    b = (b &- c &- a) ^ (a &<< 16)
    c = (c &- a &- b) ^ (b &>> 5)
    a = (a &- b &- c) ^ (c &>> 3)
    b = (b &- c &- a) ^ (a &<< 10)
    c = (c &- a &- b) ^ (b &>> 15)
  }

  @inline(__always)
  static func hash(_ a: UInt32, _ b: UInt32) -> UInt32 {
    var (a, b, x, y) = (a, b, Self.x, Self.y)
    var hash = seed ^ a ^ b
    mix(&a, &b, &hash)
    mix(&x, &a, &hash)
    mix(&b, &y, &hash)
    return hash
  }

  @inline(__always)
  static func hash(_ a: UInt32, _ b: UInt32, _ c: UInt32) -> UInt32 {
    var (a, b, c, x, y) = (a, b, c, Self.x, Self.y)
    var hash = seed ^ a ^ b ^ c
    mix(&a, &b, &hash)
    mix(&c, &x, &hash)
    mix(&y, &a, &hash)
    mix(&b, &x, &hash)
    mix(&y, &c, &hash)
    return hash
  }

  @inline(__always)
  static func hash(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32) -> UInt32 {
    var (a, b, c, d, x, y) = (a, b, c, d, Self.x, Self.y)
    var hash = seed ^ a ^ b ^ c ^ d
    mix(&a, &b, &hash)
    mix(&c, &d, &hash)
    mix(&a, &x, &hash)
    mix(&y, &b, &hash)
    mix(&c, &x, &hash)
    mix(&y, &d, &hash)
    return hash
  }
}
