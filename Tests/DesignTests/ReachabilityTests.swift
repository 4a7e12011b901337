import Design
import Site
import TestSupport
import Testing

@testable import Guarantees

/// The fast simulation against the slow and obvious one: flood from every host.
@Suite struct ReachabilityTests {
  @Test func agreesWithAFloodFromEveryHost() {
    for seed in 0..<600 {
      var random = SplitMix64(UInt64(seed))
      let design = Design(
        Sites.racked(Int.random(in: 1...4, using: &random), hosts: Int.random(in: 1...3, using: &random)))
      let simulation = FailureSimulation(design)
      for _ in 0..<5 {
        let down = Self.outage(of: design, &random)
        let network = simulation.findings(down: down).first { $0.guarantee == .network }
        #expect(network?.holds == Flood(design, down).allHostsMeet, "seed \(seed): \(down)")
      }
    }
  }

  private static func outage(of design: Design, _ random: inout SplitMix64) -> Set<Component> {
    let nodes = design.nodes.map { Component.node($0.name) } + design.nodes.map { Component.routing($0.name) }
    let racks = Set(design.nodes.compactMap(\.rack)).sorted().map { Component.rack($0) }
    let all = nodes + racks + design.links.map { Component.link($0.a.node, $0.b.node) }
    return Set((0..<Int.random(in: 0...4, using: &random)).compactMap { _ in all.randomElement(using: &random) })
  }
}

/// Which hosts a packet reaches, switch by switch.
private struct Flood {
  let allHostsMeet: Bool

  init(_ design: Design, _ down: Set<Component>) {
    let off = Set(
      design.nodes.filter { node in
        down.contains(.node(node.name)) || node.rack.map { down.contains(.rack($0)) } ?? false
      }.map(\.name))
    let silent = off.union(design.nodes.map(\.name).filter { down.contains(.routing($0)) })
    let cables = design.links.map { ($0.a.node, $0.b.node) }.filter { a, b in
      !silent.contains(a) && !silent.contains(b) && !down.contains(.link(a, b))
    }
    let switches = Set(design.nodes.filter { $0.kind != .host }.map(\.name))
    // One without routing is as one that is off.
    let hosts = design.hosts.map(\.name).filter { !silent.contains($0) }
    allHostsMeet = hosts.allSatisfy { host in
      var reached: Set<String> = [host]
      var queue = [host]
      while let node = queue.popLast() {
        guard node == host || switches.contains(node) else { continue }
        for (a, b) in cables where a == node || b == node {
          if reached.insert(a == node ? b : a).inserted { queue.append(a == node ? b : a) }
        }
      }
      return reached.isSuperset(of: hosts)
    }
  }
}
