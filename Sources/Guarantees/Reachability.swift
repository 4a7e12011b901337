/// Which hosts reach which, over the switches and cables that are up. Hosts do not forward.
struct Reachability: Sendable {
  /// Hosts that are up, but cannot be reached from where most monitors (and then, most hosts) are.
  private(set) var cutOff: [Int] = []
  /// Two hosts that are up and do not reach each other, if there are any.
  private(set) var separated: (Int, Int)?
  /// The host with the fewest next hops that lead on, and how many it has; `nil` without a fabric.
  private(set) var thinnest: (host: Int, paths: Int)?

  init(_ topology: Topology, _ outage: Outage) {
    guard !topology.links.isEmpty else { return }
    var isOn = topology.names.indices.map { _ in true }
    for node in outage.nodes { isOn[node] = false }
    var forwards = topology.isHost.map { !$0 }
    var announces = isOn
    for node in outage.silent {
      forwards[node] = false
      announces[node] = false
    }
    var islands = Islands(topology.names.count)
    // A host's next hops: the switches at the other ends of its cables.
    var uplinks = topology.names.map { _ in [Int]() }
    for (a, b) in topology.links where forwards[a] && announces[b] {
      if !outage.links.isEmpty, outage.links.contains([a, b]) { continue }
      if forwards[b] { islands.join(a, b) } else { uplinks[b].append(a) }
    }
    let hosts = topology.names.indices.filter { topology.isHost[$0] && isOn[$0] }
    let reach = hosts.map { host in Set(uplinks[host].map { islands.root(of: $0) }) }
    judge(hosts, reach, hasMon: topology.hasMon)
    thinnest = hosts.map { ($0, uplinks[$0].count) }.min { $0.1 < $1.1 }
  }

  private mutating func judge(_ hosts: [Int], _ reach: [Set<Int>], hasMon: [Bool]) {
    // Hosts on the same islands are alike: few kinds remain, however many hosts there are.
    var kinds: [Set<Int>: Int] = [:]
    var weight: [Int: (mons: Int, hosts: Int)] = [:]
    for (host, islands) in zip(hosts, reach) {
      if kinds[islands] == nil { kinds[islands] = host }
      for island in islands {
        weight[island, default: (0, 0)].hosts += 1
        weight[island, default: (0, 0)].mons += hasMon[host] ? 1 : 0
      }
    }
    separated = Self.separated(kinds.sorted { $0.value < $1.value }, hosts: hosts)
    let main = weight.max { ($0.value.mons, $0.value.hosts, $1.key) < ($1.value.mons, $1.value.hosts, $0.key) }?.key
    cutOff = zip(hosts, reach).filter { _, islands in main.map { !islands.contains($0) } ?? true }.map(\.0)
  }

  private static func separated(_ kinds: [(key: Set<Int>, value: Int)], hosts: [Int]) -> (Int, Int)? {
    for (index, one) in kinds.enumerated() {
      if let other = kinds[(index + 1)...].first(where: { $0.key.isDisjoint(with: one.key) }) {
        return (one.value, other.value)
      }
      // On no island at all, and so apart even from hosts of its own kind.
      if one.key.isEmpty, let other = hosts.first(where: { $0 != one.value }) { return (one.value, other) }
    }
    return nil
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
