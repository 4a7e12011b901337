/// Keeps data where it lies: upmaps that bring every group which is to move back to the OSDs that serve it now, so that a
/// change of the map moves nothing until they are taken away again.
public struct Hold: Sendable {
  /// A group that moves all the same.
  public struct Loose: Sendable, Hashable, Codable {
    public var group: PGID
    public var reason: String
  }

  /// In the order of the groups' names.
  public let changes: [Balancer.Change]
  public let loose: [Loose]

  /// - Parameters:
  ///   - map: as it is when data is to stay: after the change
  ///   - serving: pool to where its groups lie now
  public init(_ map: OSDMap, serving: [Int64: PlacementTable]) {
    var (changes, loose): ([Balancer.Change], [Loose]) = ([], [])
    for mapper in map.poolMappers {
      let pool = mapper.pool
      guard let table = serving[pool.id], table.pool.size == pool.size else { continue }
      let (work, rule) = (mapper.workspace(), MonitorRule(map, rule: pool.rule, size: pool.size))
      for seed in 0..<min(pool.groups, table.pool.groups) {
        let (now, wanted) = (table[seed], mapper.upmapped(seed, work)[...])
        guard !Self.isSame(now, wanted, pool) else { continue }
        let group = PGID(pool: pool.id, seed: seed)
        switch Self.pairs(now, mapper.raw(seed, work)[...], map, group, rule) {
        case .success(let items): changes.append(Balancer.Change(group: group, items: items))
        case .failure(let problem): loose.append(Loose(group: group, reason: problem.reason))
        }
      }
    }
    (self.changes, self.loose) = (changes, loose)
  }

  private struct Problem: Error { var reason: String }

  /// Replicas are the same in any order.
  private static func isSame(_ now: ArraySlice<Int32>, _ wanted: ArraySlice<Int32>, _ pool: OSDMap.Pool) -> Bool {
    pool.isErasure ? now.elementsEqual(wanted) : Set(now) == Set(wanted)
  }

  private static func pairs(
    _ now: ArraySlice<Int32>, _ raw: ArraySlice<Int32>, _ map: OSDMap, _ group: PGID, _ rule: MonitorRule?
  ) -> Result<[OSDMap.Replacement], Problem> {
    func failed(_ reason: String) -> Result<[OSDMap.Replacement], Problem> { .failure(Problem(reason: reason)) }
    if map.upmaps[group] != nil { return failed("pg-upmap says where it lies") }
    if now.contains(CrushMapper.none) { return failed("some of its places are served by nobody now") }
    if let osd = now.first(where: { !map.isIn($0) }) { return failed("osd.\(osd), which serves it, is out or gone") }
    guard let items = UpmapPairs.from(raw, to: now, isErasure: map.pools[group.pool]?.isErasure ?? false) else {
      return failed("no pairs lead from what CRUSH says to where it lies")
    }
    if let refusal = rule?.refusal(of: now) { return failed("the monitors would take it back: \(refusal)") }
    return .success(items)
  }
}

extension OSDMap {
  /// Whether an OSD exists and takes data.
  func isIn(_ osd: Int32) -> Bool {
    osds.indices.contains(Int(osd)) && osds[Int(osd)].exists && osds[Int(osd)].reweight > 0
  }
}
