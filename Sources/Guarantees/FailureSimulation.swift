import Design
import Site

/// The one question that plans, gates and alarms ask: with these things down, which guarantees hold, and why not?
///
/// Structural, not statistical: a guarantee holds if it holds wherever CRUSH may have put the replicas.
public struct FailureSimulation: Sendable {
  private let design: Design
  private let topology: Topology
  private let rules: [String: CrushRule]
  private let osdsOfHost: [String: [OSDDesign]]
  private let racks: [String: String]
  /// `nil` where the network is not the site's own: then nothing of it can fail.
  private let intact: Reachability?

  /// Lays out the design once, for any number of questions.
  public init(_ design: Design) {
    self.design = design
    topology = Topology(design)
    rules = Dictionary((design.ceph?.rules ?? []).map { ($0.name, $0) }) { first, _ in first }
    osdsOfHost = Dictionary(grouping: design.ceph?.osds ?? [], by: \.host)
    racks = Dictionary(design.nodes.compactMap { node in node.rack.map { (node.name, $0) } }) { first, _ in first }
    intact = design.hasFabric ? Reachability(topology, Outage([], in: topology)) : nil
  }

  /// What holds, of the guarantees that the site has: without Ceph there is none of storage and control, without pools
  /// none of storage.
  public func findings(down: Set<Component>) -> [Finding] {
    let outage = Outage(down, in: topology)
    // A host that is off cuts off no other one, so that the intact fabric still tells.
    let reachability = intact.map { outage.cutsFabric ? Reachability(topology, outage) : $0 }
    let lost = Set(outage.nodes.union(reachability?.cutOff ?? []).map { topology.names[$0] })
    return storage(outage, lost: lost) + [network(reachability)] + control(outage, lost: lost)
  }

  private func storage(_ outage: Outage, lost: Set<String>) -> [Finding] {
    guard let pools = design.ceph?.pools, !pools.isEmpty else { return [] }
    let down = lost.flatMap { osdsOfHost[$0, default: []] } + lostDisks(outage, beyond: lost)
    var io = Finding(.storageIO, holds: true, why: "every pool keeps the replicas that it needs")
    var data = Finding(.storageData, holds: true, why: "every pool keeps a replica of everything")
    for pool in pools {
      guard let rule = rules[pool.rule] else { continue }
      let affected = Set(
        down.filter { rule.deviceClass == nil || $0.disk.deviceClass == rule.deviceClass }.map { domain($0, of: rule) })
      // In the worst case some objects have a replica in each of these domains.
      let left = max(0, pool.size - affected.count)
      if left < pool.minSize, io.holds {
        io = Finding(
          .storageIO, holds: false,
          why: "pool '\(pool.name)' may have \(left) of \(pool.size) replicas left, and needs \(pool.minSize)")
      }
      if left == 0, data.holds {
        data = Finding(
          .storageData, holds: false,
          why: "all \(pool.size) replicas of parts of pool '\(pool.name)' may lie in what is down")
      }
    }
    return [io, data]
  }

  private func lostDisks(_ outage: Outage, beyond lost: Set<String>) -> [OSDDesign] {
    outage.osds.filter { !lost.contains($0.key) }.flatMap { host, disks in
      osdsOfHost[host, default: []].filter { disks.contains($0.disk.path) }
    }
  }

  private func domain(_ osd: OSDDesign, of rule: CrushRule) -> String {
    switch rule.failureDomain {
    case "rack": racks[osd.host] ?? osd.host
    case "host": osd.host
    default: "\(osd.host):\(osd.disk.path)"
    }
  }

  private func network(_ reachability: Reachability?) -> Finding {
    guard let reachability else {
      return Finding(.network, holds: true, why: "the network is not the site's own")
    }
    if let (a, b) = reachability.separated {
      return Finding(
        .network, holds: false, why: "\(topology.names[a]) and \(topology.names[b]) do not reach each other")
    }
    guard let (host, paths) = reachability.thinnest else {
      return Finding(.network, holds: true, why: "no host is up")
    }
    return Finding(
      .network, holds: true,
      why: "every host has \(paths) next hop\(paths == 1 ? "" : "s") or more (\(topology.names[host]))")
  }

  private func control(_ outage: Outage, lost: Set<String>) -> [Finding] {
    guard let mons = design.ceph?.mons, !mons.isEmpty else { return [] }
    let up = mons.filter { !lost.contains($0) && !outage.mons.contains($0) }.count
    let need = mons.count / 2 + 1
    return [Finding(.control, holds: up >= need, why: "\(up) of \(mons.count) monitors, and \(need) make a quorum")]
  }
}
