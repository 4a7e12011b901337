import Ceph
import Design
import Fabric
import Guarantees
import Hosts
import Plan

/// Passes each gate to the engine that can answer for it, and joins what the engines say is down.
public struct SiteGates: Gatekeeper {
  let controller: SiteController
  let fabric: FabricGates
  let ceph: CephGates
  /// Nodes that are yet to take part in the fabric.
  private let absent: Set<String>
  private let absentDaemons: Set<Component>
  /// Whether there was a cluster when the plan was made.
  private let hasCluster: Bool

  /// - Parameter observation: what the plan was made from: what was not there then is not down
  public init(_ controller: SiteController, _ observation: Observation) {
    self.controller = controller
    fabric = FabricGates(sessions: controller.sessions, design: controller.design, forks: controller.forks)
    ceph = CephGates(sessions: controller.sessions, mons: controller.design.ceph?.mons ?? [])
    absent = Set(FabricSteps(controller.design).newNodes(observation.differences))
    absentDaemons = observation.absentDaemons(of: controller.design)
    if case .none = observation.cluster { hasCluster = false } else { hasCluster = true }
  }

  public func check(_ gate: Gate) async -> GateState {
    switch gate {
    case .none: return .open
    case .all(let gates): return await all(gates)
    case .reachable(let nodes): return await reachable(nodes)
    case .rebooted(let node, let before): return await rebooted(node, since: before)
    default: return await Self.answer(gate, by: [fabric.check, ceph.check])
    }
  }

  /// The first answer of an engine. A gate that none of them knows stays shut: nobody has seen that its step works.
  static func answer(_ gate: Gate, by engines: [(Gate) async -> GateState?]) async -> GateState {
    for engine in engines {
      if let state = await engine(gate) { return state }
    }
    return .closed("no engine of this site answers for \(gate): this is a defect of Varde, please report it")
  }

  public func condition() async -> Condition {
    async let silent = silentNodes()
    async let routing = controller.design.hasFabric ? fabric.down(without: absent) : []
    var condition = Condition(down: [])
    if hasCluster, let design = controller.design.ceph { condition = await ceph.condition(of: design) }
    // What was not there when the plan was made is not missed.
    condition.down.subtract(absentDaemons)
    condition.down.formUnion(await routing)
    condition.down.formUnion(await silent.map { .node($0) })
    return condition
  }

  private func all(_ gates: [Gate]) async -> GateState {
    for gate in gates {
      let state = await check(gate)
      guard state == .open else { return state }
    }
    return .open
  }

  private func reachable(_ nodes: [String]) async -> GateState {
    let silent = await silent(of: nodes)
    return silent.isEmpty ? .open : .closed("not reachable: \(silent.joined(separator: ", "))")
  }

  private func rebooted(_ node: String, since before: BootIdentity) async -> GateState {
    do {
      let now = try await BootIdentity(of: controller.sessions.watching(node))
      return now == before ? .closed("\(node) has not gone down yet") : .open
    } catch {
      return .closed("\(node) is not back yet")
    }
  }

  private func silentNodes() async -> [String] { await silent(of: controller.design.nodes.map(\.name)) }

  /// Those of the nodes that do not answer.
  private func silent(of nodes: [String]) async -> [String] {
    let sessions = controller.sessions
    return await nodes.concurrentMap(limit: controller.forks) { node -> String? in
      do {
        _ = try await sessions.watching(node).read(["/proc/uptime"], limit: 64)
        return nil
      } catch {
        return node
      }
    }.compactMap { $0 }
  }
}
