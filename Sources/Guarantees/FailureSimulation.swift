import Design
import Site

/// The one question that plans, gates and alarms ask: with these things down, which guarantees hold, and why not?
///
/// Structural, not statistical: a guarantee holds if it holds wherever CRUSH may have put the replicas.
public struct FailureSimulation: Sendable {
  public let design: Design
  let topology: Topology
  private let stored: Bytes?
  private let room: StorageRoom?
  private let rules: [String: CrushRule]
  /// Host to the numbers of its OSDs, by their order in the design.
  private let osdsOfHost: [String: [Int]]
  private let racks: [String: String]
  /// `nil` where the network is not the site's own: then nothing of it can fail.
  private let intact: Reachability?
  private let mons: [String]
  private let mgrs: [String]

  /// Lays out the design once, for any number of questions.
  ///
  /// - Parameters:
  ///   - stored: user data in the cluster; `nil`: not known, and capacity is no question
  ///   - absent: monitors and managers of the design that are not there yet: nobody can count on them
  public init(_ design: Design, stored: Bytes? = nil, absent: Set<Component> = []) {
    self.design = design
    mons = (design.ceph?.mons ?? []).filter { !absent.contains(.mon($0)) }
    mgrs = (design.ceph?.mgrs ?? []).filter { !absent.contains(.mgr($0)) }
    self.stored = stored
    topology = Topology(design)
    room = design.ceph.flatMap { StorageRoom($0, domain: design.survive.storage) }
    rules = Dictionary((design.ceph?.rules ?? []).map { ($0.name, $0) }) { first, _ in first }
    let osds = design.ceph?.osds ?? []
    osdsOfHost = Dictionary(grouping: osds.indices) { osds[$0].host }
    racks = Dictionary(design.nodes.compactMap { node in node.rack.map { (node.name, $0) } }) { first, _ in first }
    intact = design.hasFabric ? Reachability(topology, Outage([], in: topology)) : nil
  }

  /// What holds, of the guarantees that the site has: without Ceph there is none of storage and control, without pools
  /// none of storage.
  public func findings(down: Set<Component>) -> [Finding] {
    let loss = loss(down)
    return storage(loss) + [network(loss.reachability)] + control(loss) + capacity(loss)
  }

  /// User data that fits when what is left has its replicas made again; `nil` where the sizes are not known.
  public func room(down: Set<Component>) -> Bytes? { room?.usable(without: loss(down).osds) }

  func isHost(_ name: String) -> Bool { topology.numbers[name].map { topology.isHost[$0] } ?? false }

  func switches(of rack: String) -> [String] {
    topology.racks[rack, default: []].filter { !topology.isHost[$0] }.map { topology.names[$0] }
  }

  /// The daemons that are gone when these are down: with their hosts, or because nobody reaches them.
  public func daemons(down: Set<Component>) -> (osds: Set<Component>, control: Set<Component>) {
    let loss = loss(down)
    let osds = design.ceph?.osds ?? []
    let control =
      mons.filter { loss.nodes.contains($0) || loss.outage.mons.contains($0) }.map { Component.mon($0) }
      + mgrs.filter { loss.nodes.contains($0) || loss.outage.mgrs.contains($0) }.map { Component.mgr($0) }
    return (
      Set(loss.osds.map { .osd(host: osds[$0].host, disk: osds[$0].disk.path) }), Set(control)
    )
  }

  /// What is gone, by our own means or because nobody reaches it.
  private struct Loss {
    var outage: Outage
    var reachability: Reachability?
    /// Hosts and switches.
    var nodes: Set<String>
    /// By their order in the design.
    var osds: [Int]
  }

  private func loss(_ down: Set<Component>) -> Loss {
    let outage = Outage(down, in: topology)
    // A host that is off cuts off no other one, so that the intact fabric still tells.
    let reachability = intact.map { outage.cutsFabric ? Reachability(topology, outage) : $0 }
    let nodes = Set(outage.nodes.union(reachability?.cutOff ?? []).map { topology.names[$0] })
    let osds = nodes.flatMap { osdsOfHost[$0, default: []] } + lostDisks(outage, beyond: nodes)
    return Loss(outage: outage, reachability: reachability, nodes: nodes, osds: osds)
  }

  private func lostDisks(_ outage: Outage, beyond lost: Set<String>) -> [Int] {
    guard let osds = design.ceph?.osds else { return [] }
    return outage.osds.filter { !lost.contains($0.key) }.flatMap { host, disks in
      osdsOfHost[host, default: []].filter { disks.contains(osds[$0].disk.path) }
    }
  }

  private func storage(_ loss: Loss) -> [Finding] {
    guard let ceph = design.ceph, !ceph.pools.isEmpty else { return [] }
    var io = Finding(.storageIO, holds: true, why: "every pool keeps the replicas that it needs")
    var data = Finding(.storageData, holds: true, why: "every pool keeps a replica of everything")
    var affected: [String: Int] = [:]
    for pool in ceph.pools {
      guard let rule = rules[pool.rule] else { continue }
      let domains = affected[rule.name] ?? affectedDomains(loss.osds, of: rule, in: ceph)
      affected[rule.name] = domains
      // In the worst case some objects have a replica in each of these domains, and what is being copied is not there yet.
      let missing = domains > 0 && loss.outage.pools.contains(pool.name) ? domains + 1 : domains
      let left = max(0, pool.size - missing)
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

  /// In how many of the domains that a rule spreads replicas over something is lost.
  private func affectedDomains(_ lost: [Int], of rule: CrushRule, in ceph: CephDesign) -> Int {
    let osds = lost.lazy.map { ceph.osds[$0] }.filter {
      rule.deviceClass == nil || $0.disk.deviceClass == rule.deviceClass
    }
    switch rule.failureDomain {
    case "rack": return Set(osds.map { racks[$0.host] ?? $0.host }).count
    case "host": return Set(osds.map(\.host)).count
    default: return osds.count
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

  private func control(_ loss: Loss) -> [Finding] {
    guard !mons.isEmpty else { return [] }
    let up = mons.count { !loss.nodes.contains($0) && !loss.outage.mons.contains($0) }
    let need = mons.count / 2 + 1
    let words = "\(up) of \(mons.count) monitors, and \(need) make a quorum"
    guard up >= need else { return [Finding(.control, holds: false, why: words)] }
    let hasManager = mgrs.isEmpty || mgrs.contains { !loss.nodes.contains($0) && !loss.outage.mgrs.contains($0) }
    return [Finding(.control, holds: hasManager, why: hasManager ? words : "no manager is left")]
  }

  private func capacity(_ loss: Loss) -> [Finding] {
    guard let room, let stored else { return [] }
    let left = room.usable(without: loss.osds)
    return [Finding(.capacity, holds: stored <= left, why: "\(stored) are stored, and \(left) fit")]
  }
}
