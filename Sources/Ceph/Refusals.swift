import Design
import Site

/// What a design would take from a running cluster that its site file does not say it may: fewer replicas, a smaller
/// failure domain, a quorum that survives less, or more data than fits into what stays. Pure.
struct Refusals {
  let ceph: CephDesign
  let state: ClusterState
  let departures: Departures

  /// Why the design is not carried out, and what to do; empty: nothing is against it.
  var reasons: [String] { domain + replicas + quorum + capacity }

  private var domain: [String] {
    guard !ceph.stated.storage else { return [] }
    return ceph.pools.compactMap { pool in
      guard let known = state.pools.first(where: { $0.name == pool.name }),
        let kept = state.rules.values.first(where: { $0.id == known.rule })?.failureDomain,
        let planned = ceph.rules.first(where: { $0.name == pool.rule })?.failureDomain,
        Self.rank(planned) < Self.rank(kept)
      else { return nil }
      return "pool '\(pool.name)' survives the loss of any one \(kept), and would survive that of one \(planned) only: "
        + "keep three \(kept)s with disks, or say so, with survive: { storage: \(planned == "osd" ? "disk" : planned) }"
    }
  }

  private var replicas: [String] {
    ceph.pools.compactMap { pool in
      guard let known = state.pools.first(where: { $0.name == pool.name }), pool.size < known.size,
        !ceph.stated.replicas.contains(pool.name)
      else { return nil }
      return "pool '\(pool.name)' keeps \(known.size) replicas, and there would be room for \(pool.size) only: "
        + "keep the hosts and disks for them, or say so, with 'replicas: \(pool.size)' for the pool"
    }
  }

  private var quorum: [String] {
    let now = state.mons.keys.count { ceph.mons.contains($0) || departures.mons.contains($0) }
    guard !ceph.stated.control, ceph.mons.count < now else { return [] }
    return [
      "there are \(now) monitors, and would be \(ceph.mons.count): give other hosts the role 'control', "
        + "or say what control must survive, with survive: { control: none }"
    ]
  }

  /// The data must fit below the mark at which Ceph warns.
  private var capacity: [String] {
    guard !departures.osds.isEmpty else { return [] }
    let leaving = Set(departures.osds.map(\.id))
    let known = Set(state.osds.map(\.uuid))
    let staying = state.osds.filter { !leaving.contains($0.id) }.compactMap { state.tree.osd($0.id)?.weight }.reduce(
      0, +)
    let new = ceph.osds.filter { !known.contains($0.disk.uuid) }.compactMap(\.disk.size?.count).reduce(0, +)
    let room = (staying * Double(UInt64(1) << 40) + Double(new)) * Capacity.nearfull
    guard Double(state.used) > room else { return [] }
    return [
      "\(Bytes(state.used)) are stored, and the OSDs that stay hold \(Bytes(UInt64(room))) before Ceph warns: "
        + "add disks before \(departures.osdNames) leave"
    ]
  }

  /// CRUSH bucket types from small to large.
  private static func rank(_ type: String) -> Int { ["osd", "host", "rack"].firstIndex(of: type) ?? 0 }
}
