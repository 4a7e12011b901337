/// Which hosts reach which, over the switches and cables that are up. Hosts do not forward.
struct Reachability: Sendable {
  /// Hosts that are up, but cannot be reached from where most monitors (and then, most hosts) are.
  private(set) var cutOff: [Int] = []
  /// Two hosts that are up and do not reach each other, if there are any.
  private(set) var separated: (Int, Int)?
  /// The host with the fewest next hops to some other one, and how many it has; `nil` where no host is up.
  private(set) var thinnest: (host: Int, paths: Int)?

  /// Linear in the switches, their cables, and the hosts that something has happened to; the others count by class.
  init(_ topology: Topology, _ outage: Outage) {
    var forwards = topology.isHost.map { !$0 }
    for node in outage.silent { forwards[node] = false }
    var islands = Islands(topology.names.count)
    for (a, b) in topology.links where forwards[a] && forwards[b] && !outage.isDown(a, b) { islands.join(a, b) }
    let groups = HostGroup.all(topology, outage).map { group in
      var group = group
      group.uplinks = group.uplinks.filter { forwards[$0] }
      group.ways = group.uplinks.map { islands.root(of: $0) }
      group.islands = Set(group.ways)
      return group
    }
    judge(groups)
  }

  private mutating func judge(_ groups: [HostGroup]) {
    // A host without routing is lost, as one that is off: it says nothing about the network of the others.
    let all = groups
    let groups = groups.filter { !$0.isMute }
    // Of the islands there are few kinds, however many hosts there are.
    var kinds: [Set<Int>: Int] = [:]
    var weight: [Int: (mons: Int, hosts: Int)] = [:]
    for group in groups {
      kinds[group.islands] = min(kinds[group.islands] ?? .max, group.hosts[0])
      for island in group.islands {
        weight[island, default: (0, 0)].hosts += group.hosts.count
        weight[island, default: (0, 0)].mons += group.mons
      }
    }
    thinnest = groups.map { group in
      let paths = kinds.keys.map { kind in group.ways.count { kind.contains($0) } }.min() ?? 0
      return (group.hosts[0], paths)
    }.min { ($0.1, $0.0) < ($1.1, $1.0) }
    separated = Self.separated(kinds.sorted { $0.value < $1.value }, groups)
    let main = weight.max { ($0.value.mons, $0.value.hosts, $1.key) < ($1.value.mons, $1.value.hosts, $0.key) }?.key
    cutOff = all.filter { group in main.map { !group.islands.contains($0) } ?? true }.flatMap(\.hosts).sorted()
  }

  private static func separated(_ kinds: [(key: Set<Int>, value: Int)], _ groups: [HostGroup]) -> (Int, Int)? {
    for (index, one) in kinds.enumerated() {
      if let other = kinds[(index + 1)...].first(where: { $0.key.isDisjoint(with: one.key) }) {
        return (one.value, other.value)
      }
      // On no island at all, and so apart even from hosts of its own kind.
      if one.key.isEmpty, let other = groups.lazy.flatMap(\.hosts).filter({ $0 != one.value }).min() {
        return (one.value, other)
      }
    }
    return nil
  }
}

/// Hosts that are up and in the same position: a class without those that something has happened to, or one of these.
private struct HostGroup {
  /// In ascending order; never empty.
  var hosts: [Int]
  var mons: Int
  /// Switches at the other ends of its cables.
  var uplinks: [Int]
  /// For each uplink the island that it leads to.
  var ways: [Int] = []
  var islands: Set<Int> = []
  /// Whether its own routing is down.
  var isMute = false

  static func all(_ topology: Topology, _ outage: Outage) -> [HostGroup] {
    let touched = outage.touchedHosts(topology)
    let isTouched = Set(touched)
    let touchedClasses = Set(touched.compactMap { topology.classOf[$0] })
    let whole = topology.classes.indices.compactMap { number -> HostGroup? in
      let each = topology.classes[number]
      guard touchedClasses.contains(number) else {
        return HostGroup(hosts: each.hosts, mons: each.mons, uplinks: each.uplinks)
      }
      let hosts = each.hosts.filter { !isTouched.contains($0) }
      return hosts.isEmpty
        ? nil : HostGroup(hosts: hosts, mons: hosts.count { topology.hasMon[$0] }, uplinks: each.uplinks)
    }
    return whole
      + touched.filter { !outage.nodes.contains($0) }.map { host in
        let uplinks = topology.classOf[host].map { topology.classes[$0].uplinks } ?? []
        return HostGroup(
          hosts: [host], mons: topology.hasMon[host] ? 1 : 0,
          uplinks: outage.silent.contains(host) ? [] : uplinks.filter { !outage.isDown($0, host) },
          isMute: outage.silent.contains(host))
      }
  }
}

/// Switches that reach each other (union-find with path halving).
private struct Islands {
  private var parent: [Int]

  init(_ count: Int) { parent = Array(0..<count) }

  mutating func join(_ a: Int, _ b: Int) { parent[root(of: a)] = root(of: b) }

  mutating func root(of node: Int) -> Int {
    var node = node
    while parent[node] != node {
      parent[node] = parent[parent[node]]
      node = parent[node]
    }
    return node
  }
}
