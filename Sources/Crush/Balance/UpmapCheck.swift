/// What the monitors do to the upmap entries of a map: they look at all of them whenever it changes.
public struct UpmapCheck {
  /// An entry that does not stay as it is.
  public struct Finding: Sendable, Hashable, Codable {
    public var group: PGID
    /// What stays of its `pg-upmap-items`; empty: nothing.
    public var items: [OSDMap.Replacement]
    public var reason: String
  }

  private let map: OSDMap
  private let rules: [Int64: MonitorRule]
  private let mappers: [Int64: (PoolMapper, CrushWorkspace)]

  public init(_ map: OSDMap) {
    self.map = map
    let named = Set(map.upmaps.keys).union(map.upmapItems.keys).map(\.pool)
    let pools = Set(named).compactMap { map.pools[$0] }
    rules = Dictionary(
      uniqueKeysWithValues: pools.compactMap { pool in
        MonitorRule(map, rule: pool.rule, size: pool.size).map { (pool.id, $0) }
      })
    mappers = Dictionary(
      uniqueKeysWithValues: map.poolMappers.filter { named.contains($0.pool.id) }.map {
        ($0.pool.id, ($0, $0.workspace()))
      })
  }

  /// In the order of the groups' names.
  public var findings: [Finding] {
    Set(map.upmaps.keys).union(map.upmapItems.keys).sorted().compactMap(finding)
  }

  private func finding(_ group: PGID) -> Finding? {
    func gone(_ reason: String) -> Finding { Finding(group: group, items: [], reason: reason) }
    guard let pool = map.pools[group.pool], group.seed < pool.groups, let (mapper, work) = mappers[group.pool] else {
      return gone("the placement group is gone")
    }
    let raw = mapper.raw(group.seed, work)
    guard let rule = rules[group.pool] else { return gone("its pool has no rule") }
    if let refusal = rule.refusal(of: mapper.upmapped(group.seed, work)) { return gone("\(refusal)") }
    if let upmap = map.upmaps[group] {
      if upmap == raw { return gone("CRUSH says the same") }
      if upmap.count != pool.size { return gone("it names \(upmap.count) OSDs of a pool of size \(pool.size)") }
    }
    guard let items = map.upmapItems[group] else { return nil }
    let useful = items.filter { raw.contains($0.from) && !map.isOut($0.to) }
    guard useful != items else { return nil }
    return Finding(
      group: group, items: useful, reason: "CRUSH does not put it on what is replaced, or what replaces it is out")
  }
}

extension OSDMap {
  /// As the monitors leave it: without the upmap entries that they take back.
  public func withoutRefusedUpmaps() -> OSDMap {
    guard !upmaps.isEmpty || !upmapItems.isEmpty else { return self }
    return carryingOut(UpmapCheck(self).findings)
  }

  func carryingOut(_ findings: [UpmapCheck.Finding]) -> OSDMap {
    var map = self
    for finding in findings {
      if finding.items.isEmpty {
        map.upmaps[finding.group] = nil
        map.upmapItems[finding.group] = nil
      } else {
        map.upmapItems[finding.group] = finding.items
      }
    }
    return map
  }
}
