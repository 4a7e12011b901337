import Site

/// A design as tables of text.
public struct DesignText: Sendable {
  /// What to show.
  public enum Part: String, Sendable, CaseIterable {
    /// Everything.
    case all
    /// Management, loopback and AS number of every node.
    case addresses
    /// The links with their interfaces.
    case fabric
    /// Rules, pools, capacity and options of Ceph.
    case storage
    /// What runs on which host, and every OSD.
    case placement
  }

  let design: Design

  public init(_ design: Design) { self.design = design }

  /// The tables of a part, or of all of them, each with its title and a line break at the end.
  public func text(_ part: Part) -> String {
    switch part {
    case .all: [addresses, fabric, storage, placement].joined(separator: "\n")
    case .addresses: addresses
    case .fabric: fabric
    case .storage: storage
    case .placement: placement
    }
  }

  private var addresses: String {
    let network = design.network
    var text = "Addresses\n\n  management  \(network.management)\n"
    if design.hasFabric { text += "  loopbacks   \(network.loopbacksIPv4), \(network.loopbacksIPv6)\n" }
    var table =
      design.hasFabric
      ? TextTable("node", "kind", "rack", "management", "loopback", "loopback IPv6", "AS number")
      : TextTable("node", "kind", "address")
    for node in design.nodes {
      if design.hasFabric {
        table.add(
          node.name, node.kind.rawValue, node.rack, "\(node.management)", "\(node.loopback.ipv4)",
          "\(node.loopback.ipv6)", node.asn.map { "\($0)" })
      } else {
        table.add(node.name, node.kind.rawValue, "\(node.management)")
      }
    }
    return text + "\n" + table.text
  }

  private var fabric: String {
    guard design.hasFabric else {
      return "Fabric\n\n  none: the site has no racks, and services use the hosts' addresses\n"
    }
    let network = design.network
    let detection = network.bfdInterval * network.bfdMultiplier
    var table = TextTable("upper", "interface", "lower", "interface")
    for link in design.links { table.add(link.a.node, link.a.interface, link.b.node, link.b.interface) }
    return """
      Fabric

        \(design.links.count) links, each with an unnumbered eBGP session for IPv4 and IPv6, MTU \(network.mtu)
        a silent link is given up after \(detection) ms (BFD, \(network.bfdInterval) ms × \(network.bfdMultiplier))


      """ + table.text
  }

  private var storage: String {
    guard let ceph = design.ceph else { return "Storage\n\n  none: no host has disks for Ceph\n" }
    var rules = TextTable("rule", "each replica in another", "device class")
    for rule in ceph.rules { rules.add(rule.name, rule.failureDomain, rule.deviceClass?.rawValue ?? "any") }
    var text = "Storage\n\n" + rules.text
    if !ceph.pools.isEmpty {
      var pools = TextTable("pool", "use", "replicas", "needed for I/O", "placement groups", "rule", "share")
      for pool in ceph.pools {
        pools.add(
          pool.name, pool.use.rawValue, "\(pool.size)", "\(pool.minSize)", "\(pool.pgs)", pool.rule,
          "\(Int((pool.share * 100).rounded())) %")
      }
      text += "\n" + pools.text
    }
    if let capacity = design.capacity { text += "\n" + capacity.table.text }
    var options = TextTable("section", "option", "value")
    for (sections, values) in Self.alike(ceph.config) {
      for (option, value) in values.sorted(by: { $0.key < $1.key }) { options.add(sections, option, value) }
    }
    return text + "\n" + options.text
  }

  /// Sections with the same options as one: hosts of one kind have the same.
  private static func alike(_ config: [String: [String: String]]) -> [(sections: String, options: [String: String])] {
    Dictionary(grouping: config.keys.sorted()) { config[$0, default: [:]] }
      .map { options, sections in
        (sections.count > 1 ? "\(sections[0]) and \(sections.count - 1) more" : sections[0], options)
      }
      .sorted { $0.0 < $1.0 }
  }

  private var placement: String {
    var table = TextTable("host", "rack", "roles", "monitor", "manager", "OSDs", "cores", "memory")
    for host in design.hosts {
      let roles = Role.allCases.filter { host.roles.contains($0) }.map(\.rawValue).joined(separator: ", ")
      table.add(
        host.name, host.rack, roles, design.ceph?.mons.contains(host.name) == true ? "yes" : nil,
        design.ceph?.mgrs.contains(host.name) == true ? "yes" : nil, "\(host.disks.count)",
        host.cores.map { "\($0)" }, host.memory?.description)
    }
    var text = "Placement\n\n" + table.text
    if let osds = design.ceph?.osds {
      var disks = TextTable("OSD", "class", "size", "CRUSH location", "UUID")
      for osd in osds {
        disks.add(
          "\(osd.host):\(osd.disk.path)", osd.disk.deviceClass?.rawValue, osd.disk.size?.description,
          osd.location.map { "\($0.type)=\($0.name)" }.joined(separator: " "), osd.disk.uuid)
      }
      text += "\n" + disks.text
    }
    return text
  }
}

extension Capacity {
  var table: TextTable {
    var table = TextTable("capacity", "size")
    table.add("all disks", raw.description)
    table.add("user data, at \(Int(Self.nearfull * 100)) % full", usable.description)
    table.add("with \(largestDomain) lost", usableWithoutLargest.description)
    return table
  }
}
