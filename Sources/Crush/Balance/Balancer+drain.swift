extension Balancer {
  /// A shard on an OSD that is to be drained, and stays.
  public struct Stuck: Sendable, Hashable, Codable {
    public var group: PGID
    public var osd: Int32
    public var reason: String
  }

  /// Moves all shards from the OSDs that are to be drained to those that are least full by then: the largest first.
  ///
  /// - Returns: those that stay, in the order of their groups' names
  public mutating func drain(_ limits: Limits = Limits(), shouldStop: () -> Bool = { false }) -> [Stuck] {
    let leaving = scope.drained.sorted().flatMap { osd in
      shardsOf.indices.contains(Int(osd)) ? shardsOf[Int(osd)].map(Int.init) : []
    }.filter { scope.includes(pools[pool(of: $0)].pool.id) }.sorted { (bytes(of: $1), $0) < (bytes(of: $0), $1) }
    let takers = capacity.indices.filter { capacity[$0] > 0 }.map(Int32.init)
    var order = UseOrder(takers, count: osdCount) { use($0) }
    var stuck: [Stuck] = []
    for shard in leaving {
      let (osd, group) = (place[shard], name(ofGroup: Int(groupOfShard[shard])))
      guard movedShards < limits.moves, movedBytes + bytes(of: shard) <= limits.bytes, !shouldStop() else { break }
      guard
        let target = order.osds.first(where: {
          mayMove(shard, to: $0) && hasRoom(for: shard, $0) && isWithin(limits, Int(osd), Int($0))
        })
      else {
        // It waits for a next round.
        if limits.perOSD != .max, order.osds.contains(where: { mayMove(shard, to: $0) && hasRoom(for: shard, $0) }) {
          continue
        }
        stuck.append(Stuck(group: group, osd: osd, reason: reason(shard)))
        continue
      }
      move(shard, to: target)
      order.update(target, key: use(Int(target)))
    }
    return stuck.sorted { ($0.group, $0.osd) < ($1.group, $1.osd) }
  }

  /// Whether an OSD stays below the mark at which Ceph moves nothing more to it.
  private func hasRoom(for shard: Int, _ osd: Int32) -> Bool {
    used[Int(osd)] + bytes(of: shard) <= map.backfillFullRatio * capacity[Int(osd)]
  }

  private func reason(_ shard: Int) -> String {
    let group = Int(groupOfShard[shard])
    let pool = pools[Int(poolOfGroup[group])].pool
    if let reason = stuckPools[pool.id] { return reason }
    if !isMovable[group] { return "its group is not whole, or placed by pg-upmap, or not as its rule wants it" }
    return capacity.indices.contains { capacity[$0] > 0 && mayMove(shard, to: Int32($0)) }
      ? "every OSD that may take it would be too full" : "its rule allows it on no other OSD"
  }
}
