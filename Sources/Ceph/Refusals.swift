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

  /// The data must fit below the mark at which Ceph warns, each replica in another failure domain.
  private var capacity: [String] {
    guard !departures.osds.isEmpty || isPlacedAnew else { return [] }
    var load: [DeviceClass?: Double] = [:]
    for pool in ceph.pools {
      guard let known = known(pool), known.stored > 0, let rule = ceph.rules.first(where: { $0.name == pool.rule }),
        let capacities = capacities(rule)
      else { continue }
      load[rule.deviceClass, default: 0] +=
        Double(known.stored) / StorageRoom.fitting(capacities, replicas: pool.size)
    }
    guard let fullest = load.values.max(), fullest > Capacity.nearfull else { return [] }
    let stored = ceph.pools.reduce(0) { $0 + (known($1)?.stored ?? 0) }
    let room = Bytes(UInt64(Double(stored) / fullest * Capacity.nearfull))
    let remedy = departures.osds.isEmpty ? "" : " before \(departures.osdNames) leave"
    return [
      "\(Bytes(stored)) are stored, and \(room) fit on the OSDs of the design before Ceph warns, each replica in another "
        + "failure domain: add disks\(remedy)"
    ]
  }

  /// Whether replicas come to be, or move, for another reason than that OSDs leave.
  private var isPlacedAnew: Bool {
    ceph.pools.contains { pool in
      known(pool).map { $0.size < pool.size || state.rules[pool.rule]?.id != $0.rule } ?? false
    }
  }

  private func known(_ pool: PoolDesign) -> PoolState? { state.pools.first { $0.name == pool.name } }

  /// Bytes in each of a rule's failure domains; `nil` where a new disk's size is not known.
  private func capacities(_ rule: CrushRule) -> [Double]? {
    var capacities: [String: Double] = [:]
    for osd in ceph.osds where rule.deviceClass == nil || osd.disk.deviceClass == rule.deviceClass {
      let weight = state.osd(uuid: osd.disk.uuid).flatMap { state.tree.osd($0.id)?.weight } ?? 0
      guard weight > 0 || osd.disk.size != nil else { return nil }
      let bytes = weight > 0 ? weight * Double(UInt64(1) << 40) : Double(osd.disk.size?.count ?? 0)
      let domain = osd.location.first { $0.type == rule.failureDomain }?.name ?? "\(osd.host):\(osd.disk.path)"
      capacities[domain, default: 0] += bytes
    }
    return Array(capacities.values)
  }

  /// CRUSH bucket types from small to large.
  private static func rank(_ type: String) -> Int { ["osd", "host", "rack"].firstIndex(of: type) ?? 0 }
}
