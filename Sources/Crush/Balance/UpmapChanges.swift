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
      let pool = before[Int(poolOfGroup[group])].pool
      let seed = UInt32(group - firstGroup(of: Int(poolOfGroup[group])))
      changes.append(
        Change(
          group: PGID(pool: pool.id, seed: seed),
          items: pool.isErasure
            ? Self.ordered(rawPlace[shards], place[shards]) : Self.unordered(rawPlace[shards], place[shards])))
    }
    return changes
  }

  private func firstGroup(of pool: Int) -> Int { before[..<pool].reduce(0) { $0 + Int($1.pool.groups) } }

  /// Replicas: whoever is gone makes place for somebody new, wherever.
  private static func unordered(_ raw: ArraySlice<Int32>, _ wanted: ArraySlice<Int32>) -> [OSDMap.Replacement] {
    zip(raw.filter { !wanted.contains($0) }, wanted.filter { !raw.contains($0) }).map {
      OSDMap.Replacement(from: $0, to: $1)
    }
  }

  /// Whether pairs can lead from what CRUSH says to where a group lies.
  static func canSay(_ raw: ArraySlice<Int32>, _ row: ArraySlice<Int32>) -> Bool {
    raw == row || ordered(raw, row).count == zip(raw, row).count { $0 != $1 }
  }

  /// Shards: each in its place. A pair does nothing while its target is in another one, so that goes first.
  private static func ordered(_ raw: ArraySlice<Int32>, _ wanted: ArraySlice<Int32>) -> [OSDMap.Replacement] {
    var row = Array(raw)
    let goal = Array(wanted)
    var pairs: [OSDMap.Replacement] = []
    while let place = row.indices.first(where: { row[$0] != goal[$0] && !row.contains(goal[$0]) }) {
      pairs.append(OSDMap.Replacement(from: row[place], to: goal[place]))
      row[place] = goal[place]
    }
    return pairs
  }
}
