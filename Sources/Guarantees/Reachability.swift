import Design

/// Which hosts reach which, over the switches and cables that are up. Hosts do not forward.
struct Reachability {
  /// Hosts that are up, but cannot be reached from where most monitors (and then, most hosts) are.
  private(set) var cutOff: Set<String> = []
  /// Two hosts that are up and do not reach each other, if there are any.
  private(set) var separated: (String, String)?
  /// The host with the fewest next hops that lead on, and how many it has; `nil` without a fabric.
  private(set) var thinnest: (host: String, paths: Int)?

  init(_ design: Design, _ outage: Outage) {
    guard design.hasFabric else { return }
    let up = design.nodes.filter { !outage.nodes.contains($0.name) }
    let switches = Set(up.filter { $0.kind != .host && !outage.silent.contains($0.name) }.map(\.name))
    var islands = Islands(switches)
    // A host's next hops: the switches at the other ends of its cables.
    var uplinks = Dictionary(uniqueKeysWithValues: up.filter { $0.kind == .host }.map { ($0.name, [String]()) })
    for link in design.links where outage.links.isEmpty || !outage.links.contains([link.a.node, link.b.node]) {
      guard switches.contains(link.a.node), !outage.silent.contains(link.b.node) else { continue }
      if switches.contains(link.b.node) {
        islands.join(link.a.node, link.b.node)
      } else {
        uplinks[link.b.node]?.append(link.a.node)
      }
    }
    let hosts = up.filter { $0.kind == .host }.map(\.name)
    let reach = hosts.map { host in Set(uplinks[host, default: []].map { islands.root(of: $0) }) }
    judge(hosts, reach, mons: Set(design.ceph?.mons ?? []))
    thinnest = hosts.map { ($0, uplinks[$0, default: []].count) }.min { $0.1 < $1.1 }
  }

  private mutating func judge(_ hosts: [String], _ reach: [Set<String>], mons: Set<String>) {
    // Hosts on the same islands are alike: few kinds remain, however many hosts there are.
    var kinds: [Set<String>: String] = [:]
    var weight: [String: (mons: Int, hosts: Int)] = [:]
    for (host, islands) in zip(hosts, reach) {
      kinds[islands] = kinds[islands] ?? host
      for island in islands {
        weight[island, default: (0, 0)].hosts += 1
        weight[island, default: (0, 0)].mons += mons.contains(host) ? 1 : 0
      }
    }
    let sorted = kinds.sorted { $0.value < $1.value }
    for (index, one) in sorted.enumerated() where separated == nil {
      if let other = sorted[(index + 1)...].first(where: { $0.key.isDisjoint(with: one.key) }) {
        separated = (one.value, other.value)
      } else if one.key.isEmpty, hosts.count > 1, let other = hosts.first(where: { $0 != one.value }) {
        separated = (one.value, other)
      }
    }
    let main = weight.max {
      ($0.value.mons, $0.value.hosts, $1.key) < ($1.value.mons, $1.value.hosts, $0.key)
    }?.key
    cutOff = Set(zip(hosts, reach).filter { _, islands in main.map { !islands.contains($0) } ?? true }.map(\.0))
  }
}

/// Switches that reach each other (union-find with path halving).
private struct Islands {
  private var parent: [String: String]

  init(_ switches: Set<String>) {
    parent = Dictionary(uniqueKeysWithValues: switches.map { ($0, $0) })
  }

  mutating func join(_ a: String, _ b: String) { parent[root(of: a)] = root(of: b) }

  mutating func root(of name: String) -> String {
    var name = name
    while let next = parent[name], next != name {
      parent[name] = parent[next]
      name = next
    }
    return name
  }
}
