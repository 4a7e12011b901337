/// An IPv4 address.
public struct IPv4Address: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
  /// In host byte order.
  public var bits: UInt32

  public init(bits: UInt32) { self.bits = bits }

  /// Parses dotted decimal, four parts without leading zeros.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count == 4 else { return nil }
    var bits: UInt32 = 0
    for part in parts {
      guard part.allSatisfy(\.isASCII), let octet = UInt8(part), String(octet) == part else { return nil }
      bits = bits << 8 | UInt32(octet)
    }
    self.bits = bits
  }

  public var description: String { "\(bits >> 24).\(bits >> 16 & 255).\(bits >> 8 & 255).\(bits & 255)" }

  public static func < (a: IPv4Address, b: IPv4Address) -> Bool { a.bits < b.bits }

  public init(from decoder: any Decoder) throws { self = try decodeText(decoder, IPv4Address.init) }

  public func encode(to encoder: any Encoder) throws { try encodeText(encoder, description) }
}

/// An IPv4 network: an address whose host bits are zero, and a length.
public struct IPv4Prefix: Sendable, Hashable, Codable, CustomStringConvertible {
  public var address: IPv4Address
  /// 0 to 32.
  public var length: Int

  /// Clears the host bits of `address`.
  public init(_ address: IPv4Address, length: Int) {
    self.address = IPv4Address(bits: address.bits & Self.mask(length))
    self.length = length
  }

  /// Parses `198.18.64.0/18`; `nil` where host bits are set or the length is none of 0 to 32.
  public init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let address = IPv4Address(parts[0]), let length = Int(parts[1]),
      (0...32).contains(length), String(length) == parts[1], address.bits & ~Self.mask(length) == 0
    else { return nil }
    self.address = address
    self.length = length
  }

  static func mask(_ length: Int) -> UInt32 { length == 0 ? 0 : ~0 << (32 - UInt32(length)) }

  /// How many addresses it holds.
  public var count: UInt64 { 1 << UInt64(32 - length) }

  public var description: String { "\(address)/\(length)" }

  public func contains(_ other: IPv4Address) -> Bool { other.bits & Self.mask(length) == address.bits }

  public func overlaps(_ other: IPv4Prefix) -> Bool { contains(other.address) || other.contains(address) }

  public init(from decoder: any Decoder) throws { self = try decodeText(decoder, IPv4Prefix.init) }

  public func encode(to encoder: any Encoder) throws { try encodeText(encoder, description) }
}

func decodeText<Value>(_ decoder: any Decoder, _ parse: (String) -> Value?) throws -> Value {
  let container = try decoder.singleValueContainer()
  let text = try container.decode(String.self)
  guard let value = parse(text) else {
    throw DecodingError.dataCorruptedError(in: container, debugDescription: "'\(text)' is not a valid \(Value.self)")
  }
  return value
}

func encodeText(_ encoder: any Encoder, _ text: String) throws {
  var container = encoder.singleValueContainer()
  try container.encode(text)
}
