/// One 32-bit word, or several side by side, with the arithmetic that CRUSH's hash needs.
protocol CrushWord {
  init(repeating value: UInt32)
  static func &- (a: Self, b: Self) -> Self
  static func ^ (a: Self, b: Self) -> Self
  static func &>> (a: Self, b: Self) -> Self
  static func &<< (a: Self, b: Self) -> Self
}

extension UInt32: CrushWord {
  @inline(__always) init(repeating value: UInt32) { self = value }
}

extension SIMD4: CrushWord where Scalar == UInt32 {}
