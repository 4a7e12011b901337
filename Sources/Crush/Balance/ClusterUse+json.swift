import Foundation

extension ClusterUse {
  /// Reads what a cluster tells of its content.
  ///
  /// - Parameters:
  ///   - pgDump: `ceph pg dump -f json`; `nil`: every group of a pool counts the same
  ///   - osdDf: `ceph osd df -f json`; `nil`: as `pg dump` has it
  ///   - areOfOneCluster: whether one cluster has told all of it just now: its statistics may lag behind its map. Files may be
  ///     of several clusters, or times
  /// - Throws: `CrushMapError`
  public init(
    _ map: OSDMap, pgDump: Data?, osdDf: Data?, areOfOneCluster: Bool = false
  ) throws(CrushMapError) {
    self.init(of: map)
    let dump = try pgDump.map { data throws(CrushMapError) in try PGDump(data) }
    if let dump {
      if !areOfOneCluster, dump.hasGroups { try dump.checkIsOf(map) }
      try read(dump, map)
    }
    if let osdDf { read(try OSDDf.decode(osdDf, "ceph osd df")) }
    if let dump, dump.hasGroups {
      scale(dump, map)
    } else if let dump {
      share(dump, map)
    } else if osdDf != nil {
      share(map)
    }
  }

  private mutating func read(_ dump: PGDump, _ map: OSDMap) throws(CrushMapError) {
    guard dump.hasGroups else {
      for osd in osds.indices { osds[osd]?.used = 0 }
      return read(osdsOf: dump)
    }
    try dump.checkHasBytes()
    var acting = map.pools.mapValues { pool in
      PlacementTable(
        pool: pool, osds: Array(repeating: CrushMapper.none, count: Int(pool.groups) * pool.size))
    }
    for pool in map.pools.values { shards[pool.id] = Array(repeating: 0, count: Int(pool.groups)) }
    for group in dump.groups {
      // A pool that was made since the map was read, or a group that has gone since.
      let id = group.id
      guard let pool = map.pools[id.pool], id.seed < pool.groups else { continue }
      shards[id.pool]?[Int(id.seed)] = group.bytes / Double(pool.dataShards) + group.omapBytes
      let row = group.acting.prefix(pool.size)
      acting[id.pool]?[id.seed] = row + Array(repeating: CrushMapper.none, count: pool.size - row.count)
    }
    self.acting = acting
    // What OSDs hold besides, only they can tell.
    for osd in osds.indices { osds[osd]?.used = 0 }
    for table in acting.values { addShards(of: table) }
    read(osdsOf: dump)
  }

  private mutating func read(osdsOf dump: PGDump) {
    for osd in dump.osds where osds.indices.contains(osd.id) && osd.total > 0 {
      osds[osd.id] = OSD(size: osd.total, used: osd.total - osd.available)
    }
  }

  /// By what is known of whole pools: every group of one the same.
  private mutating func share(_ dump: PGDump, _ map: OSDMap) {
    for pool in map.pools.values {
      let bytes =
        dump.allocated[pool.id].map { $0 / Double(pool.size) }
        ?? (dump.stored[pool.id] ?? 0) / Double(pool.dataShards)
      shards[pool.id] = Array(repeating: bytes / Double(pool.groups), count: Int(pool.groups))
    }
    // Where OSDs are not told of, they hold what lies on them.
    guard dump.osds.isEmpty else { return }
    for table in map.tables(.upmapped) { addShards(of: table) }
  }

  /// To what the OSDs hold that they lie on.
  private mutating func addShards(of table: PlacementTable) {
    for (shard, osd) in table.osds.enumerated() where osds.indices.contains(Int(osd)) {
      osds[Int(osd)]?.used += shards[table.pool.id]?[shard / table.pool.size] ?? 0
    }
  }

  /// Groups tell clients' bytes; OSDs hold them compressed, padded, and with what is kept beside them. Each pool by what the
  /// dump says is allocated for it; where it does not say, all that OSDs of a class hold together is the most that the
  /// groups on them can take.
  private mutating func scale(_ dump: PGDump, _ map: OSDMap) {
    var unscaled: Set<Int64> = []
    for (pool, table) in acting ?? [:] {
      let stored = table.osds.indices.reduce(0.0) { sum, shard in
        table.osds[shard] == CrushMapper.none ? sum : sum + (shards[pool]?[shard / table.pool.size] ?? 0)
      }
      if let allocated = dump.allocated[pool], allocated > 0, stored > 0 {
        scale(pool, by: allocated / stored)
      } else {
        unscaled.insert(pool)
      }
    }
    let shares = classShares(of: unscaled, map)
    for pool in unscaled {
      // Of the class that holds most of it.
      if let share = shares.values.max(by: { $0.bytes[pool] ?? 0 < $1.bytes[pool] ?? 0 })?.factor, share < 1 {
        scale(pool, by: share)
      }
    }
  }

  private mutating func scale(_ pool: Int64, by factor: Double) {
    shards[pool] = shards[pool]?.map { $0 * factor }
  }

  /// Class to the bytes of the pools on it, and how much of them its OSDs have room for in what they hold beside other pools.
  private func classShares(of pools: Set<Int64>, _ map: OSDMap) -> [String: (bytes: [Int64: Double], factor: Double)] {
    var (bytes, left): ([String: [Int64: Double]], [String: Double]) = ([:], [:])
    let labels = map.crush.labels
    for (osd, state) in osds.enumerated() {
      left[labels[osd] ?? "", default: 0] += state?.used ?? 0
    }
    for (pool, table) in acting ?? [:] {
      for (shard, osd) in table.osds.enumerated() where osds.indices.contains(Int(osd)) {
        let (name, size) = (labels[Int(osd)] ?? "", shards[pool]?[shard / table.pool.size] ?? 0)
        if pools.contains(pool) {
          bytes[name, default: [:]][pool, default: 0] += size
        } else {
          left[name, default: 0] -= size
        }
      }
    }
    return bytes.reduce(into: [:]) { shares, each in
      let wanted = each.value.values.reduce(0, +)
      shares[each.key] = (each.value, wanted > 0 ? max(0, left[each.key] ?? 0) / wanted : 1)
    }
  }

  private mutating func read(_ dump: OSDDf) {
    for node in dump.nodes where osds.indices.contains(node.id) && node.kb > 0 {
      osds[node.id] = OSD(size: node.kb * 1024, used: node.kbUsed * 1024)
    }
  }

  /// All that the OSDs hold, shared among the groups: every shard the same.
  private mutating func share(_ map: OSDMap) {
    let used = osds.reduce(0) { $0 + ($1?.used ?? 0) }
    let count = map.pools.values.reduce(0) { $0 + Int($1.groups) * $1.size }
    for pool in map.pools.values {
      shards[pool.id] = Array(repeating: count > 0 ? used / Double(count) : 0, count: Int(pool.groups))
    }
  }
}

extension PGDump {
  /// - Throws: `CrushMapError` where it does not tell how large groups are
  fileprivate func checkHasBytes() throws(CrushMapError) {
    guard hasBytes || groups.isEmpty else {
      throw CrushMapError("ceph pg dump tells no bytes ('stat_sum'): give all of it, or 'pgs', not 'pgs_brief'")
    }
  }

  /// Checks that it is of the cluster of a map, and of about the same time: between two dumps a pool may have come or gone, and
  /// some groups have moved.
  ///
  /// - Throws: `CrushMapError`
  public func checkIsOf(_ map: OSDMap) throws(CrushMapError) {
    let known = groups.filter { $0.id.seed < map.pools[$0.id.pool]?.groups ?? 0 }
    let expected = map.pools.values.reduce(0) { $0 + Int($1.groups) }
    guard known.count * 10 >= expected * 9 else {
      throw CrushMapError(
        "ceph pg dump tells of \(known.count) of the \(expected) placement groups of the OSD map: "
          + "it is not whole, or another cluster's")
    }
    // A thousand tell as much as all.
    let sample = stride(from: 0, to: known.count, by: max(1, known.count / 1000)).map { known[$0] }
      .filter { !$0.up.isEmpty }
    let mappers = Dictionary(uniqueKeysWithValues: map.poolMappers.map { ($0.pool.id, ($0, $0.workspace())) })
    let elsewhere = sample.count { group in
      guard let (mapper, work) = mappers[group.id.pool] else { return false }
      return Set(mapper.placement(group.id.seed, work).up) != Set(group.up)
    }
    guard elsewhere * 2 <= sample.count else {
      throw CrushMapError(
        "of \(sample.count) placement groups of ceph pg dump \(elsewhere) lie elsewhere by the OSD map and the CRUSH map: "
          + "they are of several clusters, or times")
    }
  }
}

/// `ceph osd df`.
private struct OSDDf: CephDump {
  struct Node: Decodable {
    var id: Int
    var kb: Double
    var kbUsed: Double
  }

  var nodes: [Node]
}
