/// The layer-3 fabric and the management network.
public struct Network: Sendable, Hashable {
  /// The management network that `address` of hosts and switches lies in. `nil`: the smallest prefix that holds
  /// all of them, at most a /24.
  public var management: IPv4Prefix?
  /// Where loopback addresses are taken from.
  public var loopbacks: Loopbacks
  /// Private AS numbers (RFC 6996) for the devices of the fabric.
  public var asns: ClosedRange<UInt32>
  /// MTU of the fabric links, in bytes.
  public var mtu: Int
  /// The switches that join the racks, in the order of the file.
  public var spines: [Switch]

  public init(
    management: IPv4Prefix? = nil, loopbacks: Loopbacks = Loopbacks(),
    asns: ClosedRange<UInt32> = 4_200_000_000...4_200_009_999, mtu: Int = 9000, spines: [Switch] = []
  ) {
    self.management = management
    self.loopbacks = loopbacks
    self.asns = asns
    self.mtu = mtu
    self.spines = spines
  }
}

/// The prefixes that loopback addresses are taken from: a /32 and a /128 for each host and switch.
public struct Loopbacks: Sendable, Hashable {
  /// `nil`: 198.18.64.0/18.
  public var ipv4: IPv4Prefix?
  /// `nil`: a unique local /48 whose global ID is made of the site's name.
  public var ipv6: IPv6Prefix?

  public init(ipv4: IPv4Prefix? = nil, ipv6: IPv6Prefix? = nil) {
    self.ipv4 = ipv4
    self.ipv6 = ipv6
  }
}

/// A leaf or a spine.
public struct Switch: Sendable, Hashable {
  public var name: String
  /// Management address; carries SSH only.
  public var address: IPv4Address
  /// Overrides what the design would derive.
  public var overrides: FabricOverrides

  public init(name: String, address: IPv4Address, overrides: FabricOverrides = FabricOverrides()) {
    self.name = name
    self.address = address
    self.overrides = overrides
  }
}

/// What an operator may fix by hand where the derived value does not fit.
public struct FabricOverrides: Sendable, Hashable {
  public var loopbackIPv4: IPv4Address?
  public var loopbackIPv6: IPv6Address?
  public var asn: UInt32?
  /// Peer's name to the name of the interface that leads there; an interface is otherwise named after its peer.
  public var ports: [String: String]

  public init(
    loopbackIPv4: IPv4Address? = nil, loopbackIPv6: IPv6Address? = nil, asn: UInt32? = nil,
    ports: [String: String] = [:]
  ) {
    self.loopbackIPv4 = loopbackIPv4
    self.loopbackIPv6 = loopbackIPv6
    self.asn = asn
    self.ports = ports
  }
}

/// Hosts that share power and leaves.
public struct Rack: Sendable, Hashable {
  public var name: String
  public var leaves: [Switch]

  public init(name: String, leaves: [Switch]) {
    self.name = name
    self.leaves = leaves
  }
}
