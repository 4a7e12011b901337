/// One installation, one customer, one place: what an operator writes in `site.yaml`.
///
/// A value of this type is valid: names and addresses are unique, prefixes do not overlap, every reference resolves.
/// `SiteFile` makes it from YAML; everything else is derived from it by `Design`.
public struct Site: Sendable, Hashable {
  /// Names the site, its twin and its history: letters, digits and hyphens.
  public var name: String
  public var network: Network
  /// In the order of the file.
  public var racks: [Rack]
  /// In the order of the file.
  public var hosts: [Host]
  public var storage: Storage
  public var survive: Survive

  public init(
    name: String, network: Network = Network(), racks: [Rack] = [], hosts: [Host],
    storage: Storage = Storage(), survive: Survive = Survive()
  ) {
    self.name = name
    self.network = network
    self.racks = racks
    self.hosts = hosts
    self.storage = storage
    self.survive = survive
  }

  /// Whether the site has a fabric of its own. Without one, services bind to the hosts' management addresses.
  public var isRacked: Bool { !racks.isEmpty }
}
