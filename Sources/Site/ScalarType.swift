/// A kind of plain value: how it is called, parsed, and mended.
struct ScalarType<T>: Sendable {
  /// For the reference: `IPv4 address`.
  let name: String
  let unit: String
  /// For messages, with its article: `an IPv4 address`.
  let noun: String
  /// What to write instead of the given text.
  let remedy: @Sendable (String) -> String
  let parse: @Sendable (String) -> T?

  init(
    _ name: String, unit: String = "", noun: String, remedy: @escaping @Sendable (String) -> String,
    parse: @escaping @Sendable (String) -> T?
  ) {
    self.name = name
    self.unit = unit
    self.noun = noun
    self.remedy = remedy
    self.parse = parse
  }

  /// One of a few words.
  static func word(_ noun: String, _ words: [T]) -> ScalarType
  where T: RawRepresentable & Sendable, T.RawValue == String {
    let names = words.map(\.rawValue)
    return ScalarType(
      names.joined(separator: ", "), noun: noun, remedy: { Suggestion.remedy(for: $0, among: names) },
      parse: { text in words.first { $0.rawValue == text } })
  }
}

extension ScalarType<IPv4Address> {
  static let ipv4 = ScalarType(
    "IPv4 address", noun: "an IPv4 address",
    remedy: { _ in "write four numbers from 0 to 255 without leading zeros, as in 198.18.0.11" },
    parse: { IPv4Address($0) })
}

extension ScalarType<IPv6Address> {
  static let ipv6 = ScalarType(
    "IPv6 address", noun: "an IPv6 address", remedy: { _ in "write it as in fd00:6f73:6c32::11" },
    parse: { IPv6Address($0) })
}

extension ScalarType<IPv4Prefix> {
  static let ipv4Prefix = ScalarType(
    "IPv4 prefix", noun: "an IPv4 prefix",
    remedy: { text in
      let parts = text.split(separator: "/")
      if parts.count == 2, let address = IPv4Address(parts[0]), let length = Int(parts[1]), (0...32).contains(length) {
        return "its host bits are set: did you mean \(IPv4Prefix(address, length: length))?"
      }
      return "write an address and a length, as in 198.18.64.0/18"
    },
    parse: { IPv4Prefix($0) })
}

extension ScalarType<IPv6Prefix> {
  static let ipv6Prefix = ScalarType(
    "IPv6 prefix", noun: "an IPv6 prefix",
    remedy: { text in
      let parts = text.split(separator: "/")
      if parts.count == 2, let address = IPv6Address(parts[0]), let length = Int(parts[1]), (0...128).contains(length) {
        return "its host bits are set: did you mean \(IPv6Prefix(address, length: length))?"
      }
      return "write an address and a length, as in fd00:6f73:6c32::/48"
    },
    parse: { IPv6Prefix($0) })
}

extension ScalarType<Bytes> {
  static let bytes = ScalarType(
    "size", unit: Bytes.unitNames.joined(separator: ", "), noun: "a size with a unit",
    remedy: { text in
      Double(text) != nil ? "add a unit, as in \(text)GiB" : "write a number and a unit, as in 256GiB or 4TB"
    },
    parse: { Bytes($0) })
}

extension ScalarType<Double> {
  static let percent = ScalarType(
    "share", unit: "%", noun: "a share between 0 % and 100 %",
    remedy: { text in Double(text) != nil ? "add the unit, as in \(text)%" : "write it as in 60%" },
    parse: { text in
      guard text.hasSuffix("%"), let share = Double(text.dropLast()), share > 0, share <= 100 else { return nil }
      return share
    })
}

extension ScalarType<Int> {
  static func integer(_ range: ClosedRange<Int>, unit: String = "") -> ScalarType {
    ScalarType(
      "integer, \(range.lowerBound) to \(range.upperBound)", unit: unit,
      noun: "a whole number from \(range.lowerBound) to \(range.upperBound)",
      remedy: { _ in
        "write it in digits, as in \(range.contains(9000) ? 9000 : range.contains(16) ? 16 : 3)"
      },
      parse: { text in Int(text).flatMap { range.contains($0) ? $0 : nil } })
  }
}

extension ScalarType<UInt32> {
  static let asn = ScalarType(
    "AS number", noun: "an AS number", remedy: { _ in "write a number from 1 to 4294967294" },
    parse: { text in UInt32(text).flatMap { $0 > 0 && $0 < .max ? $0 : nil } })
}

extension ScalarType<ClosedRange<UInt32>> {
  static let asns = ScalarType(
    "range of AS numbers", noun: "a range of AS numbers",
    remedy: { _ in "write the first and the last with a hyphen, as in 4200000000-4200009999" },
    parse: { text in
      let parts = text.split(separator: "-", omittingEmptySubsequences: false)
      guard parts.count == 2, let first = UInt32(parts[0]), let last = UInt32(parts[1]), first <= last else {
        return nil
      }
      return first...last
    })
}

extension ScalarType<String> {
  static let siteName = ScalarType(
    "name", noun: "a name for a site",
    remedy: { _ in "use at most 32 letters, digits and hyphens, starting with a letter" },
    parse: { Names.isSite($0) ? $0 : nil })

  static let diskPath = ScalarType(
    "path", noun: "an absolute path", remedy: { _ in "write it from the root, as in /dev/vdb" },
    parse: { $0.hasPrefix("/") && $0.count > 1 && !$0.contains { $0.isWhitespace } ? $0 : nil })
}
