/// An IPv6 address.
public struct IPv6Address: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
  /// In host byte order.
  public var bits: UInt128

  public init(bits: UInt128) { self.bits = bits }

  /// Parses the forms of RFC 4291, section 2.2, without an embedded IPv4 address or zone.
  public init?(_ text: some StringProtocol) {
    let halves = Self.halves(String(text))
    guard (1...2).contains(halves.count) else { return nil }
    var groups: [[UInt16]] = []
    for half in halves {
      var parsed: [UInt16] = []
      for part in half.isEmpty ? [] : half.split(separator: ":", omittingEmptySubsequences: false) {
        guard (1...4).contains(part.count), let group = UInt16(part, radix: 16), part.first != "+" else { return nil }
        parsed.append(group)
      }
      groups.append(parsed)
    }
    let given = groups.reduce(0) { $0 + $1.count }
    guard halves.count == 2 ? given < 8 : given == 8 else { return nil }
    let all = groups[0] + Array(repeating: 0, count: 8 - given) + (groups.count == 2 ? groups[1] : [])
    bits = all.reduce(0) { $0 << 16 | UInt128($1) }
  }

  /// The text before and after `::`; more than two where `::` stands more than once.
  private static func halves(_ text: String) -> [Substring] {
    var rest = text[...]
    var halves: [Substring] = []
    while let gap = rest.firstRange(of: "::") {
      halves.append(rest[..<gap.lowerBound])
      rest = rest[gap.upperBound...]
    }
    return halves + [rest]
  }

  /// The canonical form of RFC 5952.
  public var description: String {
    let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> UInt128(112 - 16 * $0)) }
    var best: Range<Int> = 0..<0
    var start = 0
    while start < 8 {
      var end = start
      while end < 8, groups[end] == 0 { end += 1 }
      if end - start > max(best.count, 1) { best = start..<end }
      start = max(end, start + 1)
    }
    let hex = groups.map { String($0, radix: 16) }
    guard !best.isEmpty else { return hex.joined(separator: ":") }
    return hex[..<best.lowerBound].joined(separator: ":") + "::" + hex[best.upperBound...].joined(separator: ":")
  }

  public static func < (a: IPv6Address, b: IPv6Address) -> Bool { a.bits < b.bits }

  public init(from decoder: any Decoder) throws { self = try decodeText(decoder, IPv6Address.init) }

  public func encode(to encoder: any Encoder) throws { try encodeText(encoder, description) }
}

/// An IPv6 network: an address whose host bits are zero, and a length.
public struct IPv6Prefix: Sendable, Hashable, Codable, CustomStringConvertible {
  public var address: IPv6Address
  /// 0 to 128.
  public var length: Int

  /// Clears the host bits of `address`.
  public init(_ address: IPv6Address, length: Int) {
    self.address = IPv6Address(bits: address.bits & Self.mask(length))
    self.length = length
  }

  /// Parses `fd00:6f73:6c32::/48`; `nil` where host bits are set or the length is none of 0 to 128.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPv6Address(parts[0]), let length = Int(parts[1]),
      (0...128).contains(length), String(length) == parts[1], address.bits & ~Self.mask(length) == 0
    else { return nil }
    self.address = address
    self.length = length
  }

  static func mask(_ length: Int) -> UInt128 { length == 0 ? 0 : ~0 << UInt128(128 - length) }

  public var description: String { "\(address)/\(length)" }

  public func contains(_ other: IPv6Address) -> Bool { other.bits & Self.mask(length) == address.bits }

  public init(from decoder: any Decoder) throws { self = try decodeText(decoder, IPv6Prefix.init) }

  public func encode(to encoder: any Encoder) throws { try encodeText(encoder, description) }
}
