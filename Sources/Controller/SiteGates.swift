import Ceph
import Design
import Fabric
import Hosts
import Plan

/// Passes each gate to the engine that can answer for it.
public struct SiteGates: Gatekeeper {
  let fabric: FabricGates
  let ceph: CephGates

  public init(_ controller: SiteController) {
    fabric = FabricGates(sessions: controller.sessions, design: controller.design, forks: controller.forks)
    ceph = CephGates(sessions: controller.sessions, mons: controller.design.ceph?.mons ?? [])
  }

  public func check(_ gate: Gate) async -> GateState {
    if let state = await fabric.check(gate) { return state }
    return await ceph.check(gate) ?? .open
  }
}
