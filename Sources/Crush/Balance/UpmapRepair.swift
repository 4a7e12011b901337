/// What is wrong with the upmap entries of a map, and what to say to mend it.
public struct UpmapRepair: Sendable {
  public struct Finding: Sendable, Hashable, Codable {
    public var group: PGID
    public var problem: String
    /// `nil`: nothing that could be said helps.
    public var command: String?
  }

  /// In the order of the groups' names.
  public let findings: [Finding]
  public let changes: [Balancer.Change]

  public init(_ map: OSDMap) {
    var findings: [PGID: Finding] = [:]
    var changes: [PGID: Balancer.Change] = [:]
    let refused = UpmapCheck(map).findings
    for stale in refused {
      let change = Balancer.Change(group: stale.group, items: stale.items)
      let hasItems = map.upmapItems[stale.group] != nil
      findings[stale.group] = Finding(
        group: stale.group, problem: "its upmap does not hold: \(stale.reason)",
        command: hasItems ? change.line : "ceph osd rm-pg-upmap \(stale.group)")
      if hasItems { changes[stale.group] = change }
    }
    // What the monitors leave alone, and lies against its rule all the same.
    let kept = map.carryingOut(refused)
    for mapper in kept.poolMappers {
      guard let rule = map.crush.rules[mapper.pool.rule].flatMap({ PlacementRule($0, map, size: mapper.pool.size) })
      else { continue }
      let work = mapper.workspace()
      for seed in 0..<mapper.pool.groups {
        let group = PGID(pool: mapper.pool.id, seed: seed)
        guard !rule.allows(mapper.upmapped(seed, work)[...]) else { continue }
        if kept.upmapItems[group] != nil {
          let change = Balancer.Change(group: group, items: [])
          findings[group] = Finding(
            group: group, problem: "its upmap puts it where rule \(mapper.pool.rule) does not want it",
            command: change.line)
          changes[group] = change
        } else if kept.upmaps[group] != nil {
          findings[group] = Finding(
            group: group, problem: "its pg-upmap puts it where rule \(mapper.pool.rule) does not want it",
            command: "ceph osd rm-pg-upmap \(group)")
        }
      }
    }
    self.findings = findings.values.sorted { $0.group < $1.group }
    self.changes = changes.values.sorted { $0.group < $1.group }
  }
}
