import Design
import HostProtocol
import Plan

/// The steps of a Ceph cluster, from the first package to the last pool.
public struct CephSteps: Sendable {
  let design: Design
  let ceph: CephDesign
  let state: ClusterState?
  let resources: CephResources
  /// Whether monitors were made that do not answer yet: what can only be planned with their answer is left out.
  let untilQuorum: Bool

  /// - Parameter state: what the cluster says of itself; `nil`: there is none yet
  public init?(_ design: Design, state: ClusterState?, untilQuorum: Bool = false) {
    guard let ceph = design.ceph else { return nil }
    self.untilQuorum = untilQuorum
    self.design = design
    self.ceph = ceph
    self.state = state
    resources = CephResources(ceph, in: design)
  }

  private var changes: ClusterChanges { ClusterChanges(ceph: ceph, state: state) }

  /// All resources of one host, for its agent to observe.
  public func resources(_ node: Node) -> [Resource] { groups(node).flatMap(\.resources) }

  /// What an operator should know of the cluster though nothing is done about it.
  public var notes: [String] { changes.strangers }

  /// Why the cluster and the site file cannot both be right; `nil`: they can. A monitor's address is its identity.
  public var conflict: String? {
    for name in ceph.mons {
      guard let known = state?.mons[name], let node = design.node(name) else { continue }
      let wanted = CephConf.addresses(node)
      if known != wanted {
        return "mon.\(name) lives at \(known), but would at \(wanted) by the site file; "
          + "monitors cannot be moved to other addresses yet: give the host its old one"
      }
    }
    return nil
  }

  /// Adds the steps.
  ///
  /// - Parameters:
  ///   - differences: host to resource's id to its difference
  ///   - needs: steps that the hosts' network needs
  public func add(to assembly: inout Assembly, differences: [String: [String: Difference]], needs: [String]) {
    let groups = Dictionary(uniqueKeysWithValues: design.hosts.map { ($0.name, self.groups($0)) })
    func converge(_ kind: Group.Kind, phase: String, needs: (Node) -> [String]) -> [String] {
      design.hosts.flatMap { node in
        (groups[node.name] ?? []).filter { $0.kind == kind && !$0.resources.isEmpty }.map { group in
          assembly.converge(
            group.id, title: group.title, phase: phase, host: node.name, resources: group.resources,
            differences: differences[node.name] ?? [:], needs: needs(node), gate: group.gate
          ) { step in
            if step.action.installsPackages { step.deadline = 1800 }
            guard let running = group.runs, step.why.contains(where: \.restartsUnit) else { return }
            step.takesDown = [running.component]
            step.gate = running.gate
          }
          return group.id
        }
      }
    }
    let hosts = converge(.host, phase: "ceph hosts") { _ in [] }
    let mons = converge(.mon, phase: "ceph monitors") { ["\($0.name)/ceph"] + needs }
    assembly.wait(
      "ceph/quorum", title: "monitors \(ceph.mons.joined(separator: ", ")) form a quorum", phase: "ceph monitors",
      needs: mons, gate: .quorum(mons: ceph.mons), isShut: untilQuorum)
    guard !untilQuorum else { return }
    mon("ceph/config", "configuration of the cluster", changes.config, to: &assembly, needs: ["ceph/quorum"])
    mon("ceph/keys", "keys of managers and clients", changes.keys, to: &assembly, needs: ["ceph/quorum"])
    let mgrs = converge(.mgr, phase: "ceph managers") { ["\($0.name)/ceph", "ceph/keys", "ceph/config"] }
    assembly.wait(
      "ceph/managers", title: "a manager is active, the others stand by", phase: "ceph managers", needs: mgrs,
      gate: .mgrs(count: ceph.mgrs.count))
    mon("ceph/register", "numbers for new OSDs", changes.newOSDs, to: &assembly, needs: ["ceph/config"])
    let osds = converge(.osd, phase: "ceph OSDs") { ["\($0.name)/ceph", "ceph/register"] }
    mon("ceph/rules", "CRUSH rules", changes.rules, to: &assembly, needs: osds + ["ceph/managers"])
    // Each pool by another monitor's host: the monitors take about a second for a change, whoever asks.
    for (index, pool) in changes.pools.enumerated() {
      let via = Array(ceph.mons[(index % ceph.mons.count)...] + ceph.mons[..<(index % ceph.mons.count)])
      assembly.mon(
        "ceph/pool-\(pool.name)", title: "pool \(pool.name)", phase: "ceph pools", via: via, commands: pool.commands,
        needs: ["ceph/rules"])
    }
    let clients = converge(.client, phase: "ceph clients") { ["\($0.name)/ceph", "ceph/keys"] }
    assembly.wait(
      "ceph/healthy", title: "every placement group is active+clean, HEALTH_OK", phase: "ceph pools",
      needs: hosts + osds + clients + changes.pools.map { "ceph/pool-\($0.name)" } + ["ceph/managers"], gate: .healthy)
  }

  private func mon(
    _ id: String, _ title: String, _ commands: [MonChange], to assembly: inout Assembly, needs: [String]
  ) {
    assembly.mon(id, title: title, phase: "ceph \(id.dropFirst(5))", via: ceph.mons, commands: commands, needs: needs)
  }

  /// Resources of one host that one step applies.
  private struct Group {
    enum Kind { case host, mon, mgr, osd, client }

    var kind: Kind
    var id: String
    var title: String
    var resources: [Resource]
    var gate = Gate.none
    /// A daemon that is there already: it is down while its unit restarts, and must come back.
    var runs: (component: Component, gate: Gate)?
  }

  private func groups(_ node: Node) -> [Group] {
    let name = node.name
    var groups = [
      Group(kind: .host, id: "\(name)/ceph", title: "ceph packages and configuration", resources: resources.host(node))
    ]
    if ceph.mons.contains(name) {
      let gate =
        state == nil ? Gate.none : .quorum(mons: ceph.mons.filter { $0 == name || state?.mons[$0] != nil })
      groups.append(
        Group(
          kind: .mon, id: "\(name)/mon", title: "monitor mon.\(name)",
          resources: resources.mon(node, members: members), gate: gate))
    }
    if ceph.mgrs.contains(name) {
      groups.append(
        Group(kind: .mgr, id: "\(name)/mgr", title: "manager mgr.\(name)", resources: resources.mgr(node)))
    }
    guard !untilQuorum else { return groups }
    let numbers = changes.osdNumbers
    for osd in ceph.osds where osd.host == name {
      guard let number = numbers[osd.disk.uuid] else { continue }
      groups.append(
        Group(
          kind: .osd, id: "\(name)/osd.\(number)", title: "osd.\(number) on \(osd.disk.path)",
          resources: resources.osd(number, osd), gate: .osdsUp(ids: [number]),
          runs: state?.osd(uuid: osd.disk.uuid).map {
            (.osd(host: name, disk: osd.disk.path), .osdRestarted(id: number, after: $0.upFrom))
          }))
    }
    groups.append(
      Group(kind: .client, id: "\(name)/clients", title: "keyrings of clients", resources: resources.clients(node)))
    return groups
  }

  /// The monitor map that a new monitor starts with.
  private var members: [String: String] {
    if let state { return state.mons }
    return Dictionary(
      uniqueKeysWithValues: ceph.mons.compactMap { design.node($0) }.map { ($0.name, CephConf.addresses($0)) })
  }
}
