import Ceph
import Design
import Fabric
import Hosts
import Plan

/// Passes each gate to the engine that can answer for it.
public struct SiteGates: Gatekeeper {
  let fabric: FabricGates
  let ceph: CephGates

  public init(_ operation: Operation) {
    fabric = FabricGates(sessions: operation.sessions, design: operation.design)
    ceph = CephGates(sessions: operation.sessions, mons: operation.design.ceph?.mons ?? [])
  }

  public func check(_ gate: Gate) async -> GateState {
    if let state = await fabric.check(gate) { return state }
    return await ceph.check(gate) ?? .open
  }
}
