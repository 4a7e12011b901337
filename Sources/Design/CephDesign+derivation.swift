import Site

extension CephDesign {
  /// `nil` where no host has a disk for Ceph.
  init?(_ site: Site, survive: Survival, nodes: [Node]) {
    let osds = nodes.flatMap { node in
      node.disks.map { OSDDesign(host: node.name, disk: $0, location: node.crushLocation) }
    }
    guard !osds.isEmpty else { return nil }
    let quorum = Quorum(site)
    let standard = CrushRule(survive.storage, deviceClass: nil)
    let stated = site.storage.ceph?.pools ?? []
    let pools = stated.isEmpty ? [] : Self.pools(stated, of: site, domain: survive.storage, osds: osds)
    let rules = stated.reduce(into: [standard]) { rules, pool in
      let rule = CrushRule(survive.storage, deviceClass: pool.deviceClass)
      if !rules.contains(rule) { rules.append(rule) }
    }
    let replicas = Replicas(
      wanted: nil, domain: survive.storage, domains: site.failureDomains(survive.storage, deviceClass: nil))
    self.init(
      mons: quorum.mons, mgrs: quorum.mgrs, osds: osds, rules: rules, pools: pools,
      config: CephConfig(
        public: site.isRacked ? Addressing(site).loopbacksIPv4 : Addressing(site).management, replicas: replicas,
        domain: survive.storage, pools: pools, nodes: nodes
      ).sections, standard: replicas,
      stated: Stated(
        storage: site.survive.storage != nil, control: site.survive.control != nil,
        replicas: stated.filter { $0.replicas != nil }.map(\.name)))
  }

  private static func pools(
    _ stated: [Pool], of site: Site, domain: FailureDomain, osds: [OSDDesign]
  ) -> [PoolDesign] {
    let shares = stated.shares
    let pools = zip(stated, shares).map { pool, share in
      let replicas = Replicas(
        wanted: pool.replicas, domain: domain,
        domains: site.failureDomains(domain, deviceClass: pool.deviceClass))
      let fitting = pool.deviceClass == nil ? osds.count : osds.count { $0.disk.deviceClass == pool.deviceClass }
      return PoolDesign(
        name: pool.name, use: pool.use, size: replicas.size, minSize: replicas.minSize,
        pgs: PlacementGroups.count(osds: fitting, share: share, size: replicas.size),
        rule: CrushRule(domain, deviceClass: pool.deviceClass).name, share: share)
    }
    return PlacementGroups.limited(pools, osds: osds.count)
  }
}

extension Node {
  /// From the root: `default`, the rack if there is one, the host.
  var crushLocation: [CrushBucket] {
    [CrushBucket(type: "root", name: "default")]
      + (rack.map { [CrushBucket(type: "rack", name: $0)] } ?? [])
      + [CrushBucket(type: "host", name: name)]
  }
}

extension CrushRule {
  /// `replicated-rack`, `replicated-host-ssd`.
  init(_ domain: FailureDomain, deviceClass: DeviceClass?) {
    let type = domain.crushType
    let suffix = deviceClass.map { "-\($0.rawValue)" } ?? ""
    self.init(name: "replicated-\(type)\(suffix)", root: "default", failureDomain: type, deviceClass: deviceClass)
  }
}

extension FailureDomain {
  /// The CRUSH bucket type that replicas are spread over.
  var crushType: String {
    switch self {
    case .rack: "rack"
    case .host, .switch: "host"
    case .disk, .none: "osd"
    }
  }
}

extension [Pool] {
  /// Of each pool, 0 to 1: as stated, and an equal part of the rest.
  var shares: [Double] {
    let rest = Swift.max(0, 100 - compactMap(\.share).reduce(0, +))
    let equal = rest / Double(Swift.max(1, count { $0.share == nil }))
    return map { ($0.share ?? equal) / 100 }
  }
}
