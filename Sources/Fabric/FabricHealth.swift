import Design

/// Compares what the nodes of the fabric say with what the design expects of them. Pure.
public struct FabricHealth: Sendable {
  let design: Design
  let expected: ExpectedPaths

  public init(_ design: Design) {
    self.design = design
    expected = ExpectedPaths(design)
  }

  /// What is wrong with one node, for people; empty: nothing.
  public func problems(_ routing: NodeRouting) -> [String] {
    let name = routing.node
    var problems: [String] = []
    for port in design.ports(of: name) {
      let state = routing.bgp[port.interface] ?? "not there"
      if state != "Established" { problems.append("\(name): BGP to \(port.peer.node) is \(state)") }
      let bfd = routing.bfd[port.interface] ?? "not there"
      if bfd != "up" { problems.append("\(name): BFD to \(port.peer.node) is \(bfd)") }
    }
    for (destination, count) in expected.nextHops(from: name).sorted(by: { $0.key < $1.key }) {
      guard let node = design.node(destination) else { continue }
      for address in ["\(node.loopback.ipv4)", "\(node.loopback.ipv6)"] {
        let hops = routing.routes[address]?.count ?? 0
        if hops < count {
          problems.append("\(name): \(hops) of \(count) next hops to \(destination) (\(address)) in the kernel")
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
