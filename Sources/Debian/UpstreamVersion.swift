/// The numbers of a version, as its authors count: `18.2.7` of Debian's `18.2.7+ds-1+deb13u1`.
public struct UpstreamVersion: Sendable, Hashable, Comparable, CustomStringConvertible {
  public let numbers: [Int]

  /// Reads the numbers at a version's beginning, behind its epoch: `1:2.36-9` gives 2.36.
  ///
  /// - Returns: `nil` where it begins with none
  public init?(_ version: String) {
    let behindEpoch = version.split(separator: ":", maxSplits: 1).last ?? ""
    let digits = behindEpoch.prefix { $0.isASCII && $0.isNumber || $0 == "." }
    numbers = digits.split(separator: ".").compactMap { Int($0) }
    if numbers.isEmpty { return nil }
  }

  /// Number by number; one that has more of them is the later: 18.2 < 18.2.1.
  public static func < (a: Self, b: Self) -> Bool { a.numbers.lexicographicallyPrecedes(b.numbers) }

  public var description: String { numbers.map { "\($0)" }.joined(separator: ".") }
}
