import Design

/// What is in a cluster and no longer in the design: it is emptied, and then taken out. Pure.
struct Departures: Sendable {
  /// In the order of their numbers.
  let osds: [OSDState]
  /// In the order of their names.
  let mons: [String]
  /// In the order of their names.
  let mgrs: [String]
  /// What is none of Varde's, for people; left alone.
  let strangers: [String]
  private let tree: CrushTree?
  private let former: Set<String>
  /// Hosts that have OSDs by the design.
  private let staying: Set<String>

  /// - Parameters:
  ///   - state: `nil`: there is no cluster yet, and nothing in it
  ///   - former: nodes that Varde has worked on, and that have left the site file
  init(_ ceph: CephDesign, _ state: ClusterState?, in design: Design, former: Set<String>) {
    let known = former.union(design.nodes.map(\.name))
    let wanted = Set(ceph.osds.map(\.disk.uuid))
    let unwanted = (state?.osds ?? []).filter { !$0.isDestroyed && !wanted.contains($0.uuid) }
    let otherMons = (state?.mons.keys.sorted() ?? []).filter { !ceph.mons.contains($0) }
    let otherMgrs = (state?.auth.keys.sorted() ?? []).filter { $0.hasPrefix("mgr.") }.map { String($0.dropFirst(4)) }
    osds = unwanted.filter(\.isOurs).sorted { $0.id < $1.id }
    mons = otherMons.filter(known.contains)
    mgrs = otherMgrs.filter { !ceph.mgrs.contains($0) && known.contains($0) }
    strangers =
      unwanted.filter { !$0.isOurs }.map { "osd.\($0.id) was not made by Varde; left alone" }
      + Self.strangePools(ceph, state)
      + otherMons.filter { !known.contains($0) }.map {
        "mon.\($0) is no monitor of the design, and its host is not known here; left alone "
          + "(if it is gone for good: ceph mon remove \($0))"
      }
    tree = state?.tree
    self.former = former
    staying = Set(ceph.osds.map(\.host))
  }

  /// Pools of others, and those that have left the site file: what is stored in them is nobody's to delete.
  private static func strangePools(_ ceph: CephDesign, _ state: ClusterState?) -> [String] {
    let designed = Set(ceph.pools.map(\.name))
    return (state?.pools ?? []).filter { !designed.contains($0.name) && !$0.isManagers }.map { pool in
      "pool '\(pool.name)' is not in the site file; left alone, with its \(pool.size) replicas and its rule: OSDs that "
        + "leave can only be emptied where these still find room (if nobody needs it: ceph osd pool delete)"
    }
  }

  /// The OSDs that leave a host.
  func osds(on host: String) -> [OSDState] { osds.filter { tree?.host(of: $0.id) == host } }

  /// `osd.2 and osd.5 on a3`.
  var osdNames: String {
    let hosts = Dictionary(grouping: osds) { tree?.host(of: $0.id) ?? "no host" }
    return hosts.sorted { $0.key < $1.key }.map { host, osds in
      "\(osds.map { "osd.\($0.id)" }.joined(separator: ", ")) on \(host)"
    }.joined(separator: "; ")
  }

  /// Buckets that nothing is in when the OSDs have left: hosts, then racks.
  var emptiedBuckets: [String] {
    guard let tree else { return [] }
    let leaving = Set(osds.compactMap { tree.osd($0.id)?.name })
    let hosts = tree.buckets("host").filter { host in
      let members = tree.members(of: host)
      // A host that stays has other disks by then.
      return !staying.contains(host.name) && leaving.isSuperset(of: members)
        && (!members.isEmpty || former.contains(host.name))
    }.map(\.name)
    let racks = tree.buckets("rack").filter { rack in
      let members = tree.members(of: rack)
      return !members.isEmpty && Set(hosts).isSuperset(of: members)
    }.map(\.name)
    return hosts + racks
  }
}

extension OSDState {
  /// Varde derives UUIDs from names (version 8 of RFC 9562); Ceph's own tools take random ones (version 4).
  var isOurs: Bool { uuid.count == 36 && uuid.dropFirst(14).first == "8" }

  /// Its number is kept for another disk; it has no identity of its own any more.
  var isDestroyed: Bool { uuid == "00000000-0000-0000-0000-000000000000" }
}
