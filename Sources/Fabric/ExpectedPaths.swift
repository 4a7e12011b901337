import Design

/// Over how many next hops each node should reach each loopback: what BGP must put into the kernels when every
/// switch and link is up. Hosts are ends of paths, never part of one.
public struct ExpectedPaths: Sendable {
  private let neighbours: [String: [String]]
  private let hosts: Set<String>
  /// Node to destination to count of next hops.
  private var counts: [String: [String: Int]] = [:]

  /// - Parameter absent: nodes that are as if they were not in the design
  public init(_ design: Design, without absent: Set<String> = []) {
    var neighbours: [String: [String]] = [:]
    for link in design.links where !absent.contains(link.a.node) && !absent.contains(link.b.node) {
      neighbours[link.a.node, default: []].append(link.b.node)
      neighbours[link.b.node, default: []].append(link.a.node)
    }
    self.neighbours = neighbours
    hosts = Set(design.hosts.map(\.name))
    for destination in neighbours.keys {
      for (node, count) in nextHops(to: destination) { counts[node, default: [:]][destination] = count }
    }
  }

  /// For one node: destination to count of next hops; what it cannot reach is missing.
  public func nextHops(from node: String) -> [String: Int] { counts[node] ?? [:] }

  /// How many neighbours of each node lie on a shortest path to a destination.
  private func nextHops(to destination: String) -> [String: Int] {
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
}
