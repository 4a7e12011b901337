extension Balancer {
  /// What is to be said of a placement group: its whole list of `pg-upmap-items`, empty where its entry is to go.
  public struct Change: Sendable, Hashable, Codable {
    public var group: PGID
    public var items: [OSDMap.Replacement]

    public init(group: PGID, items: [OSDMap.Replacement]) {
      self.group = group
      self.items = items
    }

    /// `ceph osd pg-upmap-items 1.2f 3 14`.
    public var line: String {
      guard !items.isEmpty else { return "ceph osd rm-pg-upmap-items \(group)" }
      return "ceph osd pg-upmap-items \(group) "
        + items.map { "\($0.from) \($0.to)" }.joined(separator: " ")
    }
  }

  /// Of all groups that have been moved, in the order of their names.
  public var changes: [Change] {
    var changes: [Change] = []
    for group in poolOfGroup.indices {
      let shards = firstShard[group]..<firstShard[group + 1]
      guard isMovable[group], place[shards] != home[shards] else { continue }
      let pool = pools[Int(poolOfGroup[group])].pool
      changes.append(
        Change(
          group: name(ofGroup: group),
          items: pool.isErasure
            ? UpmapPairs.ordered(rawPlace[shards], place[shards])
            : UpmapPairs.unordered(rawPlace[shards], place[shards])))
    }
    return changes
  }

  func name(ofGroup group: Int) -> PGID {
    let pool = Int(poolOfGroup[group])
    let first = pools[..<pool].reduce(0) { $0 + Int($1.pool.groups) }
    return PGID(pool: pools[pool].pool.id, seed: UInt32(group - first))
  }
}
