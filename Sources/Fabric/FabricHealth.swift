import Design

/// Compares what the nodes of the fabric say with what the design expects of them. Pure.
public struct FabricHealth: Sendable {
  let design: Design
  let expected: ExpectedPaths
  let absent: Set<String>

  /// - Parameter absent: nodes that are yet to come: nothing is expected of them, nor of the way to them
  public init(_ design: Design, without absent: Set<String> = []) {
    self.design = design
    self.absent = absent
    expected = ExpectedPaths(design, without: absent)
  }

  /// What is wrong with one node; empty: nothing.
  public func problems(_ routing: NodeRouting) -> [FabricProblem] {
    let name = routing.node
    var problems: [FabricProblem] = []
    for port in design.ports(of: name) where !absent.contains(port.peer.node) {
      let bgp = routing.bgp[port.interface] ?? "not there"
      let bfd = routing.bfd[port.interface] ?? "not there"
      if bgp != "Established" || bfd != "up" {
        problems.append(.session(node: name, peer: port.peer.node, bgp: bgp, bfd: bfd))
      }
    }
    for (destination, count) in expected.nextHops(from: name).sorted(by: { $0.key < $1.key }) {
      guard let node = design.node(destination) else { continue }
      for (family, address) in [("IPv4", "\(node.loopback.ipv4)"), ("IPv6", "\(node.loopback.ipv6)")] {
        let found = routing.routes[address]?.count ?? 0
        if found < count {
          problems.append(
            .paths(node: name, destination: destination, family: family, found: found, expected: count))
        }
      }
    }
    return problems
  }

  /// How many of the design's sessions both ends call established.
  public func establishedSessions(_ routings: [NodeRouting]) -> Int {
    let byNode = Dictionary(routings.map { ($0.node, $0) }) { first, _ in first }
    return design.links.count { link in
      [link.a, link.b].allSatisfy { byNode[$0.node]?.bgp[$0.interface] == "Established" }
    }
  }

  /// The least number of next hops that the kernel of any of these hosts has to another host's loopback.
  public func fewestNextHops(_ routings: [NodeRouting]) -> Int {
    let hosts = design.hosts
    let names = Set(hosts.map(\.name))
    return routings.filter { names.contains($0.node) }.flatMap { routing in
      hosts.filter { $0.name != routing.node }.flatMap { node in
        ["\(node.loopback.ipv4)", "\(node.loopback.ipv6)"].map { routing.routes[$0]?.count ?? 0 }
      }
    }.min() ?? 0
  }
}
