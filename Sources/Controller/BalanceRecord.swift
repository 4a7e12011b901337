import Crush

/// What a balancing has changed, so that one can go back: kept with the site's state.
public struct BalanceRecord: Sendable, Codable, Equatable {
  public struct Entry: Sendable, Codable, Equatable {
    public var group: PGID
    public var before: [OSDMap.Replacement]
    /// What each round said.
    public var after: [[OSDMap.Replacement]]
  }

  public var entries: [Entry]
  /// Whether the managers' balancer was switched off, by this balancing or one before it.
  public var stoppedManagers: Bool
  /// Whether it has come to its end.
  public var isWhole = false

  /// - Parameter former: what was recorded last; where that balancing was cut off, this one goes on with it
  public init(_ rounds: [[Balancer.Change]], of map: OSDMap, stoppedManagers: Bool, former: BalanceRecord?) {
    let cutOff = former?.isWhole == false ? former?.entries ?? [] : []
    var entries = Dictionary(cutOff.map { ($0.group, $0) }) { first, _ in first }
    for change in rounds.joined() {
      let before = map.upmapItems[change.group] ?? []
      entries[change.group, default: Entry(group: change.group, before: before, after: [])].after.append(change.items)
    }
    self.entries = entries.values.sorted { $0.group < $1.group }
    self.stoppedManagers = stoppedManagers || former?.stoppedManagers == true
  }

  /// What goes back: nothing of groups of which something else has been said since, or that cannot go back any more, for a
  /// pool or an OSD is gone.
  public func undoing(_ map: OSDMap) -> [Balancer.Change] {
    entries.filter { entry in
      let now = map.upmapItems[entry.group] ?? []
      let isThere = entry.before.allSatisfy { map.osds.indices.contains(Int($0.to)) && map.osds[Int($0.to)].exists }
      return entry.after.contains(now) && now != entry.before && isThere && map.pools[entry.group.pool] != nil
    }.map { Balancer.Change(group: $0.group, items: $0.before) }
  }
}
