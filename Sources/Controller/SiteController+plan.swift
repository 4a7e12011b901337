import Base
import Design
import Fabric
import HostProtocol
import Plan

extension SiteController {
  /// The plan that follows from an observation. Pure.
  ///
  /// - Parameter provesAll: whether every gate is asked again, as after a rollout that did not come to its end: what it
  ///   changed is observed as done, but nobody has seen it work
  public func plan(_ observation: Observation, provesAll: Bool) -> Plan {
    var assembly = Assembly()
    for node in design.nodes {
      assembly.converge(
        "\(node.name)/base", title: "kernel modules and parameters", phase: "base", host: node.name,
        resources: Base.resources(node), differences: observation.differences[node.name] ?? [:])
    }
    FabricSteps(design).add(to: &assembly, differences: observation.differences) { ["\($0.name)/base"] }
    let ceph = cephSteps(observation.cluster)
    let network = design.hasFabric ? [FabricSteps.converged] : []
    ceph?.add(to: &assembly, differences: observation.differences, needs: network)
    var notes = ceph?.notes ?? []
    if case .silent(let reason) = observation.cluster {
      notes.append("the monitors do not answer (\(reason)); what needs them is planned when they do")
    }
    var plan = assembly.plan(site: design.site, notes: notes, provesAll: provesAll)
    plan.unreachable = observation.unreachable
    return plan
  }
}
