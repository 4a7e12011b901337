import Design

/// Over how many next hops each node should reach each loopback: what BGP must put into the kernels when every
/// switch and link is up. Hosts are ends of paths, never part of one.
public struct ExpectedPaths: Sendable {
  private let neighbours: [String: [String]]
  private let hosts: Set<String>
  private let names: [String]

  public init(_ design: Design) {
    var neighbours: [String: [String]] = [:]
    for link in design.links {
      neighbours[link.a.node, default: []].append(link.b.node)
      neighbours[link.b.node, default: []].append(link.a.node)
    }
    self.neighbours = neighbours
    hosts = Set(design.hosts.map(\.name))
    names = design.nodes.map(\.name).filter { neighbours[$0] != nil }
  }

  /// For each destination, how many neighbours of each node lie on a shortest path to it.
  ///
  /// - Parameter destination: a node's name
  /// - Returns: node's name to count of next hops; nodes that cannot reach it are missing
  public func nextHops(to destination: String) -> [String: Int] {
    var distance = [destination: 0]
    var queue = [destination]
    var next = 0
    while next < queue.count {
      let node = queue[next]
      next += 1
      if node != destination, hosts.contains(node) { continue }
      for neighbour in neighbours[node] ?? [] where distance[neighbour] == nil {
        distance[neighbour] = (distance[node] ?? 0) + 1
        queue.append(neighbour)
      }
    }
    var counts: [String: Int] = [:]
    for (node, far) in distance where node != destination {
      counts[node] = (neighbours[node] ?? []).count { neighbour in
        distance[neighbour] == far - 1 && (neighbour == destination || !hosts.contains(neighbour))
      }
    }
    return counts
  }

  /// For one node: destination to count of next hops.
  public func nextHops(from node: String) -> [String: Int] {
    var counts: [String: Int] = [:]
    for destination in names where destination != node {
      counts[destination] = nextHops(to: destination)[node] ?? 0
    }
    return counts
  }
}
