import Design
import Plan

/// Pools: new ones at once, those that are there one after the other.
extension CephSteps {
  /// Changes of a pool that is there have all its placement groups peer anew, and may move its data. So its copies are
  /// placed first, one pool after the other; then its placement groups split or merge, one pool after the other; each when
  /// every group is clean again, and never while an OSD is taken down.
  ///
  /// - Returns: the ids of the steps
  func addPools(to assembly: inout Assembly) -> [String] {
    let pools = changes.pools
    var ids: [String] = []
    var last = ["ceph/rules"]
    func add(_ id: String, _ title: String, _ pool: ClusterChanges.PoolChange, _ commands: [MonChange], needs: [String])
    {
      assembly.mon(
        id, title: title, phase: "ceph pools", via: via(ids.count), commands: commands, needs: needs,
        takesDown: pool.isNew ? [] : [.pool(pool.name)], gate: placedGate)
      ids.append(id)
    }
    for pool in pools {
      let id = "ceph/pool-\(pool.name)"
      add(id, "pool \(pool.name)", pool, pool.placement, needs: pool.isNew ? ["ceph/rules"] : last)
      if !pool.isNew { last = [id] }
    }
    for pool in pools where !pool.isNew {
      let id = "ceph/groups-\(pool.name)"
      add(id, "placement groups of pool \(pool.name)", pool, pool.groups, needs: last)
      last = [id]
    }
    return ids
  }

  /// While OSDs that leave are down, groups that lie on them become clean only when these are emptied, which comes after.
  private var placedGate: Gate { departures.osds.contains { !$0.up } ? .active : .clean }

  /// Each by another monitor's host: the monitors take about a second for a change, whoever asks.
  private func via(_ turn: Int) -> [String] {
    let first = turn % ceph.mons.count
    return Array(ceph.mons[first...] + ceph.mons[..<first])
  }
}
