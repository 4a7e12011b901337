import Site

extension Design {
  /// Derives everything from a site.
  public init(_ site: Site) {
    let survive = Survival(site)
    let nodes = site.nodes
    let ceph = CephDesign(site, survive: survive, nodes: nodes)
    self.init(
      site: site.name, nodes: nodes, links: site.links, network: NetworkDesign(site), ceph: ceph, survive: survive,
      capacity: ceph.flatMap { Capacity($0, domain: survive.storage) })
  }
}

extension Survival {
  /// What the file asks for; for the rest, the most that the hosts allow.
  init(_ site: Site) {
    let possible = site.endurance
    self.init(
      storage: site.survive.storage ?? possible.storage, network: site.survive.network ?? possible.network,
      control: site.survive.control ?? possible.control)
  }
}

extension NetworkDesign {
  init(_ site: Site) {
    let addressing = Addressing(site)
    self.init(
      management: addressing.management, loopbacksIPv4: addressing.loopbacksIPv4,
      loopbacksIPv6: addressing.loopbacksIPv6, mtu: site.network.mtu)
  }
}
