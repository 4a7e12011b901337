import Ceph
import Design
import Plan

extension SiteController {
  /// Asks what an upgrade's preflight has to know.
  ///
  /// - Throws: `ControllerError` where there is no cluster that answers; what the hosts say
  public func cephPreflight(_ observation: Observation, to goal: CephRelease) async throws -> UpgradePreflight {
    guard let ceph = design.ceph, case .answers(let state) = observation.cluster else {
      if case .silent(let reason, _) = observation.cluster {
        throw ControllerError(
          "the monitors do not answer (\(reason)), and nothing can be upgraded: bring them back first")
      }
      throw ControllerError("\(design.site) has no Ceph cluster: varde apply makes one, of what the hosts' Debian has")
    }
    return UpgradePreflight(to: goal, state, try await UpgradeFacts.observe(ceph, sessions))
  }

  /// The plan of an upgrade: with `cephUpgrade` set, what was observed is what it lacks. Pure.
  ///
  /// - Throws: `ControllerError` where something else is to be changed, too: one thing at a time; `UnsoundPlan`
  public func planUpgrade(_ observation: Observation, proving unproven: Unproven?) throws -> Plan {
    guard observation.former.isEmpty else {
      let leaving = observation.former.keys.sorted().joined(separator: ", ")
      throw ControllerError("\(leaving) has left the site file and not yet the site: varde apply first")
    }
    if let other = unproven?.steps.values.filter({ !$0.isOfCeph }).map(\.id).min() {
      throw ControllerError("a rollout was cut off in \(other): varde apply first, which goes on with it")
    }
    var plan = try plan(observation, proving: unproven)
    let others = plan.steps.filter { !$0.isOfCeph && !$0.why.isEmpty }
    // A switch differs from its file where the cable leads to a host that is off.
    let silent = Set(observation.unreachable.keys)
    let ends = design.links.map { ($0.a.node, $0.b.node) }
    let neighbours = Set(ends.compactMap { silent.contains($1) ? $0 : silent.contains($0) ? $1 : nil })
    let names = others.filter { step in !(step.host.map(neighbours.contains) ?? false) }.map(\.id)
    guard names.isEmpty else {
      let shown = names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", …" : "")
      throw ControllerError("the site is not what its file says (\(shown)): varde apply first, then the upgrade")
    }
    if !others.isEmpty {
      let shown = others.map(\.id).joined(separator: ", ")
      plan.notes.append("\(shown) lacks a cable to what cannot be reached, and stays as it is")
    }
    plan.steps.removeAll { !$0.isOfCeph }
    let kept = Set(plan.steps.map(\.id))
    for index in plan.steps.indices { plan.steps[index].needs.removeAll { !kept.contains($0) } }
    return plan
  }
}

extension Step {
  fileprivate var isOfCeph: Bool { phase.hasPrefix("ceph") }
}
