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
  /// - Throws: `ControllerError` where something else is to be changed, too: one thing at a time
  public func planUpgrade(_ observation: Observation, proving unproven: Unproven?) throws(ControllerError) -> Plan {
    guard observation.former.isEmpty else {
      let leaving = observation.former.keys.sorted().joined(separator: ", ")
      throw ControllerError("\(leaving) has left the site file and not yet the site: varde apply first")
    }
    let plan = try plan(observation, proving: unproven)
    let others = plan.steps.filter { !$0.phase.hasPrefix("ceph") && !$0.why.isEmpty }
    guard others.isEmpty else {
      let names = others.prefix(3).map(\.id).joined(separator: ", ") + (others.count > 3 ? ", …" : "")
      throw ControllerError("the site is not what its file says (\(names)): varde apply first, then the upgrade")
    }
    return plan
  }
}
