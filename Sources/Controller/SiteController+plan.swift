import Base
import Design
import Fabric
import HostProtocol
import Plan

extension SiteController {
  /// The plan that follows from an observation. Pure.
  public func plan(_ observation: Observation) -> Plan {
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
    notes += observation.unreachable.sorted { $0.key < $1.key }.map { "cannot be reached: \($0.value)" }
    return assembly.plan(site: design.site, notes: notes)
  }
}
