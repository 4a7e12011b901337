import Base
import Ceph
import Design
import Fabric
import HostProtocol
import Plan

extension SiteController {
  /// The plan that follows from an observation. Pure.
  ///
  /// - Parameter unproven: what a rollout that did not come to its end has begun, and is to be proved again
  /// - Throws: `ControllerError` where the site would lose what it promises now and its file does not say it may;
  ///   `UnsoundPlan`
  public func plan(_ observation: Observation, proving unproven: Unproven?) throws -> Plan {
    var assembly = Assembly()
    for node in design.nodes {
      assembly.converge(
        "\(node.name)/base", title: "kernel modules and parameters", phase: "base", host: node.name,
        resources: Base.resources(node), differences: observation.differences[node.name] ?? [:])
    }
    let ceph = cephSteps(observation.cluster)
    if let refusals = ceph?.refusals, !refusals.isEmpty {
      throw ControllerError(
        "the site cannot become this without losing what it has: \(refusals.joined(separator: "; "))")
    }
    if case .silent(let reason, _) = observation.cluster, !observation.former.isEmpty {
      let leaving = observation.former.keys.sorted().joined(separator: ", ")
      throw ControllerError(
        "\(leaving) would leave while the monitors do not answer (\(reason)), and nobody can tell what is still needed of "
          + "it: bring the quorum back first, or put it back into the site file")
    }
    if observation.former.isEmpty {
      addGrowth(ceph, observation, to: &assembly)
    } else {
      try addShrinking(ceph, observation, to: &assembly)
    }
    var notes = ceph?.notes ?? []
    if case .silent(let reason, _) = observation.cluster {
      notes.append("the monitors do not answer (\(reason)); what needs them is planned when they do")
    }
    for case (let name, let reason?) in observation.former.sorted(by: { $0.key < $1.key }) {
      notes.append("\(name) has left the site, and what runs on it is not stopped there: \(reason)")
    }
    if ceph?.moreFollows ?? false {
      notes.append("when the monitors have moved, a second plan takes their former addresses out of ceph.conf")
    }
    var plan = try assembly.plan(site: design.site, notes: notes, proving: unproven)
    plan.unreachable = observation.unreachable
    if case .silent = observation.cluster { plan.moreFollows = true }
    plan.moreFollows = plan.moreFollows || ceph?.moreFollows ?? false
    return plan
  }

  /// The network first, then what uses it.
  private func addGrowth(_ ceph: CephSteps?, _ observation: Observation, to assembly: inout Assembly) {
    FabricSteps(design).add(to: &assembly, differences: observation.differences) { ["\($0.name)/base"] }
    let network = design.hasFabric ? [FabricSteps.converged] : []
    let hidden = cephUpgrade == nil ? [] : Set(observation.unreachable.keys)
    ceph?.add(to: &assembly, differences: observation.differences, waitingFor: hidden, needs: network)
  }

  /// What uses the network first, then the network: nodes that leave lose it last.
  private func addShrinking(
    _ ceph: CephSteps?, _ observation: Observation, to assembly: inout Assembly
  ) throws(ControllerError) {
    let fabric = FabricSteps(design)
    let new = fabric.newNodes(observation.differences)
    guard new.isEmpty else {
      let former = observation.former.keys.sorted().joined(separator: ", ")
      throw ControllerError(
        "\(former) would leave while \(new.joined(separator: ", ")) would come; take two steps: first a site file with "
          + "all of them, then the one without those that leave")
    }
    let reachable = observation.former.filter { $0.value == nil }.keys.sorted()
    let departed =
      ceph?.add(to: &assembly, differences: observation.differences, former: reachable, needs: []) ?? []
    fabric.addDepartures(to: &assembly, of: reachable, differences: observation.differences, needs: departed)
    fabric.add(to: &assembly, differences: observation.differences) { ["\($0.name)/base"] + departed }
  }
}
