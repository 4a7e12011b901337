import Design
import HostProtocol
import Plan

/// The steps of a Ceph cluster, from the first package to the last pool, and out again.
public struct CephSteps: Sendable {
  let design: Design
  let ceph: CephDesign
  let state: ClusterState?
  let resources: CephResources
  let changes: ClusterChanges
  let departures: Departures
  let osdsOfHost: [String: [OSDDesign]]
  /// Monitors were made that do not answer: what can only be planned with their answer is left out.
  let silence: Silence?
  /// What all daemons are to become; `nil`: they stay what they are.
  let goal: CephRelease?

  /// - Parameters:
  ///   - state: what the cluster says of itself; `nil`: there is none yet
  ///   - former: nodes that Varde has worked on, and that have left the site file
  ///   - release: to upgrade the cluster to; an upgrade that is under way goes on without it
  public init?(
    _ design: Design, state: ClusterState?, former: Set<String> = [], silence: Silence? = nil,
    upgradingTo release: CephRelease? = nil
  ) {
    guard let ceph = design.ceph else { return nil }
    self.silence = silence
    let goal = [release, state?.newest].compactMap { $0 }.max()
    self.goal = if let goal, let required = state?.required, goal > required { goal } else { nil }
    self.design = design
    self.ceph = ceph
    self.state = state
    changes = ClusterChanges(ceph: ceph, state: state)
    departures = Departures(ceph, state, in: design, former: former)
    osdsOfHost = Dictionary(grouping: ceph.osds, by: \.host)
    let designed = Set(ceph.mons.compactMap { design.node($0) }.map(CephConf.addresses))
    resources = CephResources(
      ceph, in: design, formerMons: (state?.mons.values.sorted() ?? []).filter { !designed.contains($0) },
      release: goal)
  }

  /// All resources of one host, for its agent to observe.
  public func resources(_ node: Node) -> [Resource] { groups(node).flatMap(\.resources) }

  /// Those of a host that has left the site file.
  public func resources(former name: String) -> [Resource] { formerGroups(name).flatMap(\.resources) }

  /// What an operator should know of the cluster though nothing is done about it.
  public var notes: [String] { departures.strangers }

  /// Why the cluster cannot become what the site file says without losing what it promises now; empty: nothing.
  public var refusals: [String] {
    state.map { Refusals(ceph: ceph, state: $0, departures: departures).reasons } ?? []
  }

  /// Whether monitors move or leave: when they have, hosts forget their former addresses, which takes another plan.
  public var moreFollows: Bool { !resources.formerMons.isEmpty }

  /// Adds the steps.
  ///
  /// - Parameters:
  ///   - differences: host to resource's id to its difference
  ///   - former: nodes that have left the site file and can be reached
  ///   - hidden: hosts that cannot be reached now, and are to be waited for
  ///   - needs: steps that the hosts' network needs
  /// - Returns: the last steps of what leaves: after them nobody needs the former nodes
  @discardableResult
  public func add(
    to assembly: inout Assembly, differences: [String: [String: Difference]], former: [String] = [],
    waitingFor hidden: Set<String> = [], needs: [String]
  ) -> [String] {
    addReturns(of: hidden, to: &assembly)
    let groups = design.hosts.map { ($0.name, self.groups($0)) } + former.map { ($0, formerGroups($0)) }
    func converge(
      _ kind: CephGroup.Kind, phase: String, on hosts: Set<String>? = nil, needs: (String) -> [String]
    ) -> [String] {
      groups.filter { hosts?.contains($0.0) ?? true }.flatMap { name, groups in
        groups.filter { $0.kind == kind && !$0.resources.isEmpty }.map { group in
          let isUpgraded = isUpgraded(group, differences[name], isHidden: hidden.contains(name))
          assembly.converge(
            group.id, title: group.title, phase: phase, host: name, resources: group.resources,
            differences: differences[name] ?? [:], isNeeded: isUpgraded,
            needs: (hidden.contains(name) ? [Self.isBack(name)] : []) + needs(name), gate: group.gate
          ) { step in
            if step.action.installsPackages { step.deadline = 1800 }
            guard let running = group.runs, isUpgraded || step.why.contains(where: \.restartsUnit) else { return }
            step.takesDown = [running.component]
            step.gate = hidden.contains(name) ? Self.gateOfHidden(running.gate) : running.gate
            step.before = running.before
            step.after = running.after
          }
          return group.id
        }
      }
    }
    let hosts = converge(.host, phase: "ceph hosts") { _ in [] }
    // First those that stay where they are; then those that move, one after the other, so that the others keep the
    // quorum; then those that are new.
    let moving = movingMons
    let known = Set(state?.mons.keys.map { $0 } ?? [])
    let new = Set(expectedMons).subtracting(known)
    let staying = Set(ceph.mons).intersection(known).subtracting(moving.map(\.name))
    var mons = converge(.mon, phase: "ceph monitors", on: staying) { ["\($0)/ceph"] + needs }
    for (name, wanted) in moving {
      let move = addMove(of: name, to: wanted, to: &assembly, needs: hosts + needs + mons)
      mons += converge(.mon, phase: "ceph monitors", on: [name]) { _ in [move] }
    }
    mons += converge(.mon, phase: "ceph monitors", on: new) { [mons] in ["\($0)/ceph"] + needs + mons }
    assembly.wait(
      "ceph/quorum", title: "monitors \(expectedMons.joined(separator: ", ")) form a quorum", phase: "ceph monitors",
      needs: mons, gate: .quorum(mons: expectedMons), isShut: silence != nil)
    guard silence == nil else { return [] }

    mon("ceph/config", "configuration of the cluster", changes.config, to: &assembly, needs: ["ceph/quorum"])
    mon("ceph/keys", "keys of managers and clients", changes.keys, to: &assembly, needs: ["ceph/quorum"])
    let ready = addUpgradeOfMons(to: &assembly)
    let mgrs = converge(.mgr, phase: "ceph managers") { ["\($0)/ceph", "ceph/keys", "ceph/config"] + ready }
    assembly.wait(
      "ceph/managers", title: "a manager is active, the others stand by", phase: "ceph managers", needs: mgrs,
      gate: .mgrs(count: ceph.mgrs.count))
    let managed = addUpgradeOfMgrs(to: &assembly)

    assembly.mon(
      "ceph/tree", title: "places of hosts and classes of disks", phase: "ceph tree", via: ceph.mons,
      commands: changes.tree + changes.classes, needs: ["ceph/config"], gate: .clean)
    mon("ceph/register", "numbers for new OSDs", changes.newOSDs, to: &assembly, needs: ["ceph/config"])
    let replaced = addReplacements(to: &assembly, differences: differences)
    let osds =
      converge(.osd, phase: "ceph OSDs") { ["\($0)/ceph", "ceph/register", "ceph/tree"] + replaced + managed }
    let upgraded = addUpgradeOfOSDs(to: &assembly, needs: osds)
    mon("ceph/rules", "CRUSH rules", changes.rules, to: &assembly, needs: osds + ["ceph/managers"])
    let placed = osds + addPools(to: &assembly) + ["ceph/rules", "ceph/managers"]
    // What leaves, leaves after what is made and started: a program that asks a monitor in the moment in which that one
    // leaves the quorum may wait for nobody.
    let withoutMons = placed + addMonDepartures(to: &assembly, needs: placed)
    let formerMons = converge(.formerMon, phase: "ceph monitors") { _ in withoutMons }
    let formerMgrs = converge(.formerMgr, phase: "ceph managers") { _ in withoutMons }
    mon(
      "ceph/former-keys", "keys of former managers",
      departures.mgrs.map { MonChange(.make("auth rm", ["entity": .text("mgr.\($0)")])) }, to: &assembly,
      needs: formerMgrs + withoutMons)
    let drained = addDrain(to: &assembly, needs: withoutMons)
    let formerOSDs = converge(.formerOSD, phase: "ceph OSDs leave") { _ in drained }
    let departed =
      addPurge(to: &assembly, reached: former + design.hosts.map(\.name), needs: drained + formerOSDs)
      + formerMons + ["ceph/former-keys"]

    let clients = converge(.client, phase: "ceph clients") { (isMember($0) ? ["\($0)/ceph"] : []) + ["ceph/keys"] }
    let warns = goal.map { $0 >= .tentacle } ?? false
    assembly.wait(
      "ceph/healthy", title: "every placement group is active+clean\(warns ? "" : ", HEALTH_OK")", phase: "ceph health",
      needs: hosts + placed + clients + departed + upgraded + ["ceph/tree"],
      // 20.2 is at an error until keys of the former type are rotated; see the preflight's note.
      gate: warns ? .clean : .healthy)
    return departed
  }

  /// Whether a host gets packages and configuration of the cluster; others only lose what they had.
  private func isMember(_ host: String) -> Bool {
    design.node(host).map { !resources.host($0).isEmpty } ?? false
  }

  /// Those that can form a quorum when this plan is carried out.
  private var expectedMons: [String] {
    guard case .quorumLost(let monitors) = silence else { return ceph.mons }
    return ceph.mons.filter(monitors.contains)
  }

  /// Monitor commands of one kind.
  func mon(
    _ id: String, _ title: String, _ commands: [MonChange], to assembly: inout Assembly, needs: [String]
  ) {
    assembly.mon(id, title: title, phase: "ceph \(id.dropFirst(5))", via: ceph.mons, commands: commands, needs: needs)
  }
}
