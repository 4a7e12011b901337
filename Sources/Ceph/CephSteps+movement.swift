import Crush
import Design

extension CephSteps {
  /// What the steps change of the data's places. Placement groups that split or merge are left out.
  ///
  /// - Parameter use: of the cluster as it is, for disks whose size is not in the site file
  public func changesOfData(_ use: ClusterUse) -> [ClusterChange] {
    guard let state else { return [] }
    let known = Set(state.osds.map(\.uuid))
    let sizes = use.osds.compactMap { $0?.size }.filter { $0 > 0 }
    let usual = sizes.isEmpty ? 0 : sizes.reduce(0, +) / Double(sizes.count)
    let classes = state.osds.compactMap { state.tree.osd($0.id)?.deviceClass }
    let usualClass = Dictionary(classes.map { ($0, 1) }, uniquingKeysWith: +).max { $0.value < $1.value }?.key
    var changes: [ClusterChange] = movedHosts(state)
    changes += ceph.osds.filter { !known.contains($0.disk.uuid) }.map { osd in
      .add(
        host: osd.location.map { CrushMap.Place(type: $0.type, name: $0.name) }, osds: 1,
        size: osd.disk.size.map { Double($0.count) } ?? usual,
        deviceClass: osd.disk.deviceClass?.rawValue ?? usualClass)
    }
    changes += departures.osds.map { .weight("osd.\($0.id)", 0) }
    changes += ceph.rules.filter { state.rules[$0.name] == nil }.map { rule in
      .newRule(
        name: rule.name, root: rule.root, domain: rule.failureDomain, deviceClass: rule.deviceClass?.rawValue)
    }
    for pool in ceph.pools {
      guard let now = state.pools.first(where: { $0.name == pool.name }) else { continue }
      if state.rules[pool.rule]?.id != now.rule { changes.append(.rule(pool: pool.name, rule: pool.rule)) }
      if now.size != pool.size { changes.append(.size(pool: pool.name, size: pool.size)) }
    }
    return changes
  }

  private func movedHosts(_ state: ClusterState) -> [ClusterChange] {
    var seen: Set<String> = []
    return ceph.osds.filter { seen.insert($0.host).inserted }.compactMap { osd in
      let above = osd.location.dropLast()
      guard let parent = above.last, let now = state.tree.parent(of: osd.host), now.name != parent.name else {
        return nil
      }
      return .move(osd.host, to: above.map { CrushMap.Place(type: $0.type, name: $0.name) })
    }
  }
}
