import Crush
import Design

extension CephSteps {
  /// What the steps change of the data's places. Placement groups that split or merge are left out.
  ///
  /// - Parameter use: of the cluster as it is, for disks whose size is not in the site file
  public func changesOfData(_ use: ClusterUse) -> [ClusterChange] {
    guard let state else { return [] }
    let sizes = use.osds.compactMap { $0?.size }.filter { $0 > 0 }
    let usual = sizes.isEmpty ? 0 : sizes.reduce(0, +) / Double(sizes.count)
    let classes = state.osds.compactMap { state.tree.osd($0.id)?.deviceClass }
    let usualClass = Dictionary(classes.map { ($0, 1) }, uniquingKeysWith: +).max { $0.value < $1.value }?.key
    var moves: [ClusterChange] = changes.movedHosts.map {
      .move($0.host, to: $0.above.map { CrushMap.Place(type: $0.type, name: $0.name) })
    }
    moves += changes.missingOSDs.map { osd in
      .add(
        host: osd.location.map { CrushMap.Place(type: $0.type, name: $0.name) }, osds: 1,
        size: osd.disk.size.map { Double($0.count) } ?? usual,
        deviceClass: osd.disk.deviceClass?.rawValue ?? usualClass)
    }
    moves += departures.osds.map { .weight("osd.\($0.id)", 0) }
    moves += changes.missingRules.map { rule in
      .newRule(
        name: rule.name, root: rule.root, domain: rule.failureDomain, deviceClass: rule.deviceClass?.rawValue)
    }
    for pool in ceph.pools {
      guard let now = state.pools.first(where: { $0.name == pool.name }) else { continue }
      if state.rules[pool.rule]?.id != now.rule { moves.append(.rule(pool: pool.name, rule: pool.rule)) }
      if now.size != pool.size { moves.append(.size(pool: pool.name, size: pool.size)) }
    }
    return moves
  }
}
