/// Which addresses and AS number a device has: a pure function of its own management address and the site's pools, so
/// that no other device, and no order in the file, has a say in it.
public struct Addressing: Sendable {
  /// The management network.
  public let management: IPv4Prefix
  public let loopbacksIPv4: IPv4Prefix
  public let loopbacksIPv6: IPv6Prefix
  public let asns: ClosedRange<UInt32>

  public init(_ site: Site) {
    management = site.network.management ?? Self.smallestPrefix(of: site.devices.map(\.address))
    loopbacksIPv4 = site.network.loopbacks.ipv4 ?? Self.defaultLoopbacksIPv4
    loopbacksIPv6 = site.network.loopbacks.ipv6 ?? Self.defaultLoopbacksIPv6(site.name)
    asns = site.network.asns
  }

  /// The base of the pool plus the low bits of the management address: 198.18.0.11 becomes 198.18.64.11.
  public func loopbackIPv4(of device: Device) -> IPv4Address {
    device.overrides.loopbackIPv4
      ?? IPv4Address(bits: loopbacksIPv4.address.bits | offset(device.address))
  }

  /// Reads like the IPv4 loopback: each byte of its offset in the pool is a group of the same digits, so that
  /// 198.18.64.11 goes with fd00:6f73:6c32::11, and 198.18.65.12 with fd00:6f73:6c32::1:12.
  public func loopbackIPv6(of device: Device) -> IPv6Address {
    if let address = device.overrides.loopbackIPv6 { return address }
    let offset = offset(device.address)
    let groups = stride(from: UInt32(24), through: 0, by: -8).reduce(UInt128(0)) { bits, shift in
      let byte = offset >> shift & 255
      let digits = (byte / 100) << 8 | (byte / 10 % 10) << 4 | byte % 10
      return bits << 16 | UInt128(digits)
    }
    return IPv6Address(bits: loopbacksIPv6.address.bits | groups)
  }

  /// One AS number for each device: the first of the pool plus the management address, modulo the pool.
  ///
  /// RFC 7938 (section 5.2.1) gives all leaves of a group one number, which saves numbers but lets the loop check drop
  /// paths through a sibling. With a number for each device, what BGP can reach is just what the cables join, and a
  /// device more never needs another one renumbered. The 32-bit private range has 94,967,295 of them.
  public func asn(of device: Device) -> UInt32 {
    device.overrides.asn ?? asns.lowerBound + UInt32(UInt64(device.address.bits) % asnCount)
  }

  /// How many AS numbers the pool has.
  public var asnCount: UInt64 { UInt64(asns.upperBound - asns.lowerBound) + 1 }

  private func offset(_ address: IPv4Address) -> UInt32 { address.bits & ~IPv4Prefix.mask(loopbacksIPv4.length) }

  /// Of the range that RFC 2544 sets aside for benchmarks in one's own network: free in every site.
  static let defaultLoopbacksIPv4 = IPv4Prefix(IPv4Address(bits: 0xC612_4000), length: 18)

  /// A unique local /48 (RFC 4193) whose global ID ends in the first four letters of the site's name: `osl2` has
  /// fd00:6f73:6c32::/48.
  static func defaultLoopbacksIPv6(_ name: String) -> IPv6Prefix {
    let letters = Array(name.utf8.prefix(4)) + Array(repeating: 0, count: max(0, 4 - name.utf8.count))
    let id = letters.reduce(UInt128(0xFD00)) { $0 << 8 | UInt128($1) }
    return IPv6Prefix(IPv6Address(bits: id << 80), length: 48)
  }

  /// The longest prefix, /24 at most, that holds all addresses.
  static func smallestPrefix(of addresses: [IPv4Address]) -> IPv4Prefix {
    guard let first = addresses.first else { return IPv4Prefix(IPv4Address(bits: 0), length: 24) }
    let differing = addresses.reduce(UInt32(0)) { $0 | ($1.bits ^ first.bits) }
    return IPv4Prefix(first, length: min(24, differing.leadingZeroBitCount))
  }
}
