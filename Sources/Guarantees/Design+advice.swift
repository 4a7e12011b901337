import Design
import Site

extension Design {
  /// The design in a few lines.
  var summary: [String] {
    let hosts = hosts
    let racks = Set(nodes.compactMap(\.rack)).count
    let leaves = nodes.count { $0.kind == .leaf }
    let spines = nodes.count { $0.kind == .spine }
    var lines = [
      racks == 0
        ? Self.count(hosts.count, "host") + ", on a network that is not the site's own"
        : "\(Self.count(hosts.count, "host")) in \(Self.count(racks, "rack")), "
          + "\(Self.count(leaves, "leaf", "leaves")), \(Self.count(spines, "spine")), \(Self.count(links.count, "link"))"
    ]
    guard let ceph else { return lines + ["no Ceph: no host has disks for it"] }
    lines.append(
      "Ceph: \(Self.count(ceph.osds.count, "OSD")), \(Self.count(ceph.mons.count, "monitor")) "
        + "(\(ceph.mons.joined(separator: ", "))), \(Self.count(ceph.mgrs.count, "manager")) "
        + "(\(ceph.mgrs.joined(separator: ", ")))")
    lines += ceph.pools.map {
      "pool \($0.name): \(Self.count($0.size, "replica")), I/O with \($0.minSize), "
        + "\($0.pgs) placement groups, rule \($0.rule)"
    }
    return lines
  }

  private static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
    "\(number) \(number == 1 ? one : many ?? one + "s")"
  }

  var risks: [String] {
    var risks = (ceph?.pools ?? []).compactMap { pool in
      switch (pool.size, pool.minSize) {
      case (1, _): "pool '\(pool.name)' keeps one copy: the loss of a disk is the loss of data"
      case (_, 1): "pool '\(pool.name)' takes writes with one copy left: a second loss takes what was written meanwhile"
      default: nil
      }
    }
    if let ceph, capacity == nil, !ceph.osds.isEmpty {
      risks.append("capacity is unknown: not every disk has a size in the site file")
    }
    return risks
  }

  /// The one thing that helps most now: first what is missing at all, then the next larger failure domain.
  var nextStep: String {
    guard let ceph else { return "to have storage, give hosts the disks that Ceph may use, under 'disks'" }
    if ceph.pools.isEmpty { return "to use the storage, add a pool, as in storage: { ceph: { pools: { vms: {} } } }" }
    if hasFabric, survive.network == .none { return fabricStep }
    let storageHosts = Set(ceph.osds.map(\.host)).count
    if survive.storage < .host {
      if storageHosts >= 3 {
        return "storage could survive the loss of a host: ask for it, with survive: { storage: host }"
      }
      if ceph.osds.count < 3 {
        return "to survive a disk, add disks until there are three; to survive a host, do so on three hosts"
      }
      return "to survive a host, add \(3 - storageHosts == 1 ? "a third host" : "two more hosts") with disks"
    }
    let control = hosts.count { $0.roles.contains(.control) }
    if survive.control == .none, control < 3 {
      return "for a quorum that survives a host, give \(3 - control) more the role 'control'"
    }
    guard hasFabric else {
      return "to survive a switch or a rack, describe racks with two leaves each, and the 'rack' of every host"
    }
    return rackStep(ceph)
  }

  private var fabricStep: String {
    let leaves = Dictionary(grouping: nodes.filter { $0.kind == .leaf }, by: \.rack)
    let thin = nodes.first { leaves[$0.rack, default: []].count == 1 && $0.kind == .leaf }?.rack
    if let thin { return "to survive a switch, add a second leaf to rack \(thin)" }
    if leaves.count > 1, nodes.count(where: { $0.kind == .spine }) < 2 {
      return "to survive a switch, add a second spine"
    }
    return "the network could survive the loss of a switch: ask for it, with survive: { network: switch }"
  }

  private func rackStep(_ ceph: CephDesign) -> String {
    let rackOf = Dictionary(nodes.map { ($0.name, $0.rack) }) { first, _ in first }
    let storage = Set(ceph.osds.compactMap { rackOf[$0.host] ?? nil }).count
    let control = Set(hosts.filter { $0.roles.contains(.control) }.compactMap(\.rack)).count
    let ordinal = ["a first", "a second", "a third"]
    if survive.storage < .rack {
      return storage < 3
        ? "to survive a rack, add a host with disks in \(ordinal[storage]) rack"
        : "storage could survive the loss of a rack: ask for it, with survive: { storage: rack }"
    }
    if survive.control < .rack {
      return control < 3
        ? "for a quorum that survives a rack, add a control host in \(ordinal[control]) rack"
        : "control could survive the loss of a rack: ask for it, with survive: { control: rack }"
    }
    if let size = ceph.pools.map(\.size).max(), storage <= size {
      return "to have lost replicas made again while a rack is away, add disks in one more rack"
    }
    if let capacity {
      return
        "keep the data below \(capacity.usableWithoutLargest): so much is made whole with \(capacity.largestDomain) lost"
    }
    return "add the sizes of all disks, to know how much may be stored"
  }
}
