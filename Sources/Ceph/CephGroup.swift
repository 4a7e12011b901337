import Design
import HostProtocol
import Plan

/// Resources of one host that one step applies.
struct CephGroup {
  enum Kind { case host, mon, mgr, osd, client, formerMon, formerMgr, formerOSD }

  var kind: Kind
  var id: String
  var title: String
  var resources: [Resource]
  var gate = Gate.none
  /// A daemon that is there already: it is down while its unit restarts, and must come back.
  var runs: Running?

  /// What restarting a daemon means.
  struct Running {
    var component: Component
    var gate: Gate
    var before: Action?
    var after: Action?
  }
}

extension CephSteps {
  /// What a host of the design gets, and what of its former life goes.
  func groups(_ node: Node) -> [CephGroup] {
    let host = CephGroup(
      kind: .host, id: "\(node.name)/ceph",
      title: "ceph\(goal.map { " \($0.series)" } ?? "") packages and configuration",
      resources: resources.host(node))
    guard silence == nil else { return [host] + [mon(node)].compactMap { $0 } }
    let clients = CephGroup(
      kind: .client, id: "\(node.name)/clients", title: "keyrings of clients", resources: resources.clients(node))
    return [host] + [mon(node), mgr(node)].compactMap { $0 } + osds(node) + [clients] + formerGroups(node.name)
  }

  /// What leaves a host, whether the host itself stays or not.
  func formerGroups(_ name: String) -> [CephGroup] {
    // What no cluster has told of is nobody's to remove.
    guard state != nil else { return [] }
    var groups = departures.osds(on: name).map { osd in
      CephGroup(
        kind: .formerOSD, id: "\(name)/osd.\(osd.id)-leaves", title: "osd.\(osd.id) is stopped, its disk freed",
        resources: CephResources.formerOSD(osd))
    }
    // Also where the cluster knows nothing of them any more: a removal that was cut off goes on.
    if !ceph.mons.contains(name) {
      groups.append(
        CephGroup(
          kind: .formerMon, id: "\(name)/mon-leaves", title: "monitor mon.\(name) is stopped, its store removed",
          resources: CephResources.formerMon(name)))
    }
    if !ceph.mgrs.contains(name) {
      groups.append(
        CephGroup(
          kind: .formerMgr, id: "\(name)/mgr-leaves", title: "manager mgr.\(name) is stopped",
          resources: CephResources.formerMgr(name)))
    }
    return groups
  }

  private func mon(_ node: Node) -> CephGroup? {
    guard ceph.mons.contains(node.name) else { return nil }
    let knownMons = ceph.mons.filter { $0 == node.name || state?.mons[$0] != nil }
    let gate = state == nil ? Gate.none : .quorum(mons: knownMons)
    return CephGroup(
      kind: .mon, id: "\(node.name)/mon", title: "monitor mon.\(node.name)",
      resources: resources.mon(node, members: members), gate: gate,
      runs: state?.mons[node.name].map { _ in
        .init(component: .mon(node.name), gate: .monRestarted(mon: node.name, quorum: knownMons))
      })
  }

  private func mgr(_ node: Node) -> CephGroup? {
    guard ceph.mgrs.contains(node.name) else { return nil }
    let running = state?.mgrs.first { $0.name == node.name }
    return CephGroup(
      kind: .mgr, id: "\(node.name)/mgr", title: "manager mgr.\(node.name)", resources: resources.mgr(node),
      runs: running.map {
        .init(
          component: .mgr(node.name),
          gate: .mgrRestarted(mgr: node.name, after: $0.gid, count: ceph.mgrs.count))
      })
  }

  private func osds(_ node: Node) -> [CephGroup] {
    (osdsOfHost[node.name] ?? []).compactMap { osd in
      guard let number = changes.osdNumbers[osd.disk.uuid] else { return nil }
      let known = state?.osd(uuid: osd.disk.uuid)
      return CephGroup(
        kind: .osd, id: "\(node.name)/osd.\(number)", title: "osd.\(number) on \(osd.disk.path)",
        resources: resources.osd(number, osd, on: node), gate: .osdsUp(ids: [number]),
        runs: known.map {
          .init(
            component: .osd(host: node.name, disk: osd.disk.path),
            gate: .osdRestarted(id: number, after: $0.upFrom, release: goal?.series), before: noout("set", [number]),
            after: noout("unset", [number]))
        })
    }
  }

  /// While we have taken OSDs down, their data stays where it is; a mark of their own, so that it hides no other's loss.
  func noout(_ verb: String, _ osds: [Int]) -> Action {
    let who = osds.map { "osd.\($0)" }
    let command = MonCommand.make("osd \(verb)-group", ["flags": "noout", "who": .list(who)])
    return .mon(via: ceph.mons, commands: [MonChange(command)])
  }

  /// The monitor map that a new monitor starts with.
  private var members: [String: String] {
    let designed = Dictionary(uniqueKeysWithValues: ceph.mons.compactMap { monAddresses($0) })
    guard let state else { return designed }
    // By then, those that move have moved.
    return state.mons.merging(designed.filter { state.mons[$0.key] != nil }) { _, new in new }
  }

  func monAddresses(_ name: String) -> (String, String)? {
    design.node(name).map { (name, CephConf.addresses($0)) }
  }
}
