import Ceph
import Design
import Guarantees
import Hosts
import Plan
import Rollout

/// Work on a node after which it is what it was.
public enum Maintenance: String, Sendable {
  case reboot
  /// Its operating system is installed anew; disks with data stay as they are.
  case reimage
}

extension SiteController {
  /// The plan of some work on nodes, on as many at once as the site survives.
  ///
  /// - Parameters:
  ///   - names: of nodes
  ///   - observation: what is there
  ///   - unproven: what a maintenance that did not come to its end has begun and done
  /// - Throws: `ControllerError` where one cannot be reached, the monitors do not answer, or something else is unfinished;
  ///   `UnsoundPlan`
  public func plan(
    _ work: Maintenance, of names: [String], _ observation: Observation, proving unproven: Unproven?
  ) async throws -> Plan {
    let last = "site/whole"
    if let other = unproven?.steps.keys.sorted().first(where: { !$0.hasSuffix("/\(work)") && $0 != last }) {
      throw ControllerError("a rollout was cut off in \(other): finish it first, by the command that began it")
    }
    if case .silent(let reason, _) = observation.cluster {
      throw ControllerError("the monitors do not answer (\(reason)), and nobody can tell what may be taken down")
    }
    var assembly = Assembly()
    let ceph = cephSteps(observation.cluster)
    let mons = Set(design.ceph?.mons ?? [])
    let named = design.nodes.filter { names.contains($0.name) }
    let nodes = named.filter { !mons.contains($0.name) } + named.filter { mons.contains($0.name) }
    var ids: [String] = []
    // A monitor that goes keeps the others from taking in what changes, until they miss it: OSDs of the same rack that
    // stop at the same time would be missed only then. So it goes after them.
    var hosts: [String: [String]] = [:]
    // A rack survives the loss of its leaves one by one without anybody noticing; of all at once, after a while only.
    var leaves: [String: String] = [:]
    for (node, result) in await eachNode(nodes, { try await BootIdentity(of: $0) }) {
      let id = "\(node.name)/\(work)"
      guard unproven?.done.contains(id) != true else { continue }
      // What a maintenance before this one has begun counts from when it began.
      let begun = unproven?.steps[id]?.gate
      let now = try? result.get()
      guard let since = begun?.bootIdentity ?? now else {
        if case .failure(let error) = result { throw ControllerError("\(error); nothing was changed") }
        continue
      }
      var step = step(id, work, on: node, since: since, gate: begun, ceph)
      if node.kind == .leaf, let rack = node.rack {
        step.needs = leaves[rack].map { [$0] } ?? []
        leaves[rack] = id
      }
      if node.kind == .host, let rack = node.rack {
        if mons.contains(node.name) { step.needs = hosts[rack] ?? [] } else { hosts[rack, default: []].append(id) }
      }
      // What has booted since is only looked at again; an installation also has to be brought to its end.
      assembly.add(step, isNeeded: begun == nil || now == since || work == .reimage)
      ids.append(id)
    }
    // Asked in any case where a run before this one did not come to its end: only then it is over.
    assembly.wait(
      last, title: ceph == nil ? "all of them answer" : "every placement group is active+clean, HEALTH_OK",
      phase: "site", needs: ids, gate: ceph == nil ? .reachable(nodes: nodes.map(\.name)) : .healthy)
    return try assembly.plan(site: design.site, proving: unproven)
  }

  /// - Parameter gate: that of the same step, where it was begun before: what is asked for now might be from after it
  private func step(
    _ id: String, _ work: Maintenance, on node: Node, since: BootIdentity, gate: Gate?, _ ceph: CephSteps?
  ) -> Step {
    let restart = ceph?.reboot(of: node)
    let gates: [Gate] =
      [.rebooted(node: node.name, since: since)]
      + (node.asn == nil ? [] : [.routing(nodes: [node.name])]) + (restart?.gates ?? [])
    let units = restart?.units ?? []
    let action: Action
    let title: String
    let deadline: Int
    switch work {
    case .reboot:
      action = .reboot(node: node.name, stopping: units, lastly: restart?.lastly)
      (title, deadline) = ("\(node.name) boots anew", 900)
    case .reimage:
      action = .reimage(
        node: node.name, stopping: units, since: since, resources: resources(node.name, ceph), lastly: restart?.lastly)
      (title, deadline) = ("\(node.name) is installed anew", 7200)
    }
    return Step(
      id: id, title: title, phase: work.rawValue, before: restart?.before, action: action, after: restart?.after,
      takesDown: [.node(node.name)], gate: gate ?? .all(of: gates), deadline: deadline)
  }
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
