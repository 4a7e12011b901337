import Site

/// Everything that follows from a site. Pure: the same site gives the same design, on any machine, at any time;
/// and stable: a host or a rack more changes no address, AS number, name or identity that was given.
public struct Design: Sendable, Hashable, Codable {
  /// The site's name.
  public var site: String
  /// Spines, then leaves, then hosts; each in the order of the file.
  public var nodes: [Node]
  /// The fabric's links; empty in a site without racks.
  public var links: [Link]
  public var network: NetworkDesign
  /// `nil` where no host has a disk for Ceph.
  public var ceph: CephDesign?
  /// What the site is asked to survive, with the defaults filled in.
  public var survive: Survival
  public var capacity: Capacity?

  public init(
    site: String, nodes: [Node], links: [Link], network: NetworkDesign, ceph: CephDesign?, survive: Survival,
    capacity: Capacity?
  ) {
    self.site = site
    self.nodes = nodes
    self.links = links
    self.network = network
    self.ceph = ceph
    self.survive = survive
    self.capacity = capacity
  }

  /// Whether there is a fabric that carries the services.
  public var hasFabric: Bool { !links.isEmpty }

  public var hosts: [Node] { nodes.filter { $0.kind == .host } }

  public func node(_ name: String) -> Node? { nodes.first { $0.name == name } }

  /// The links of one node, each as (its own interface, peer, the peer's interface).
  public func ports(of name: String) -> [Port] {
    links.compactMap { link in
      if link.a.node == name { return Port(interface: link.a.interface, peer: link.b) }
      if link.b.node == name { return Port(interface: link.b.interface, peer: link.a) }
      return nil
    }
  }
}

/// What each scope must survive, with the site's defaults filled in.
public struct Survival: Sendable, Hashable, Codable {
  public var storage: FailureDomain
  public var network: FailureDomain
  public var control: FailureDomain

  public init(storage: FailureDomain, network: FailureDomain, control: FailureDomain) {
    self.storage = storage
    self.network = network
    self.control = control
  }
}
