import Ceph
import Design
import Guarantees
import Hosts
import Plan

extension SiteController {
  /// The plan to boot nodes anew, as many at once as the site survives.
  ///
  /// - Parameters:
  ///   - names: of nodes
  ///   - observation: what is there
  ///   - unproven: what a maintenance that did not come to its end has begun and done
  /// - Throws: `ControllerError` where one cannot be reached, or something else is unfinished
  public func planReboots(
    of names: [String], _ observation: Observation, proving unproven: Unproven?
  ) async throws -> Plan {
    let nodes = design.nodes.filter { names.contains($0.name) }
    let ids = Set(nodes.map { Self.reboot($0.name) })
    if let other = unproven?.steps.keys.sorted().first(where: { !$0.hasSuffix("/reboot") }) {
      throw ControllerError("a rollout was cut off in \(other): varde apply first, which goes on with it")
    }
    var assembly = Assembly()
    let ceph = cephSteps(observation.cluster)
    for (node, result) in await eachNode(nodes, { try await BootIdentity(of: $0) }) {
      let id = Self.reboot(node.name)
      guard unproven?.done.contains(id) != true else { continue }
      let now: BootIdentity
      do { now = try result.get() } catch {
        throw ControllerError("\(error); nothing was changed")
      }
      // What a maintenance before this one has begun counts from when it began.
      let begun = unproven?.steps[id]?.gate.bootIdentity
      let restart = ceph?.reboot(of: node)
      let gates: [Gate] =
        [.rebooted(node: node.name, since: begun ?? now)]
        + (node.asn == nil ? [] : [.routing(nodes: [node.name])]) + (restart?.gates ?? [])
      let step = Step(
        id: id, title: "\(node.name) boots anew", phase: "reboot", before: restart?.before,
        action: .reboot(node: node.name, stopping: restart?.units ?? []), after: restart?.after,
        takesDown: [.node(node.name)], gate: .all(of: gates), deadline: 900)
      assembly.add(step, isNeeded: begun.map { $0 == now } ?? true)
    }
    if ceph != nil, !ids.isEmpty {
      assembly.wait(
        "ceph/healthy", title: "every placement group is active+clean, HEALTH_OK", phase: "ceph health",
        needs: ids.subtracting(unproven?.done ?? []).sorted(), gate: .healthy)
    }
    return assembly.plan(site: design.site, proving: unproven)
  }

  private static func reboot(_ node: String) -> String { "\(node)/reboot" }
}

extension Gate {
  fileprivate var bootIdentity: BootIdentity? {
    switch self {
    case .rebooted(_, let since): since
    case .all(let gates): gates.lazy.compactMap(\.bootIdentity).first
    default: nil
    }
  }
}
