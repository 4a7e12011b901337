import Site

/// What all nodes of the network share.
public struct NetworkDesign: Sendable, Hashable, Codable {
  /// The management network.
  public var management: IPv4Prefix
  public var loopbacksIPv4: IPv4Prefix
  public var loopbacksIPv6: IPv6Prefix
  /// MTU of the fabric links, in bytes.
  public var mtu: Int
  /// BFD's transmit and receive interval, in milliseconds.
  public var bfdInterval: Int
  /// How many BFD packets may be lost before a session is down.
  public var bfdMultiplier: Int

  public init(
    management: IPv4Prefix, loopbacksIPv4: IPv4Prefix, loopbacksIPv6: IPv6Prefix, mtu: Int, bfdInterval: Int = 300,
    bfdMultiplier: Int = 3
  ) {
    self.management = management
    self.loopbacksIPv4 = loopbacksIPv4
    self.loopbacksIPv6 = loopbacksIPv6
    self.mtu = mtu
    self.bfdInterval = bfdInterval
    self.bfdMultiplier = bfdMultiplier
  }
}
