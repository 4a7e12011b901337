import Design
import Hosts
import Plan

/// Answers for the gates of the fabric, by asking its nodes.
public struct FabricGates: Sendable {
  let sessions: Sessions
  let design: Design

  let forks: Int

  /// - Parameter forks: how many nodes are asked at once
  public init(sessions: Sessions, design: Design, forks: Int) {
    self.sessions = sessions
    self.design = design
    self.forks = forks
  }

  /// - Returns: `nil` where the gate is none of the fabric's
  public func check(_ gate: Gate) async -> GateState? {
    guard case .routing(let nodes, let absent) = gate else { return nil }
    let (problems, lost) = await look(at: nodes, FabricHealth(design, without: Set(absent)))
    let lines = lost.sorted() + FabricProblem.lines(problems)
    guard let first = lines.first else { return .open }
    return .closed(lines.count == 1 ? first : "\(first); and \(lines.count - 1) more")
  }

  /// Cables over which no session runs, by either end's word, and nodes whose routing does not answer.
  ///
  /// - Parameter absent: nodes that are yet to come: nothing is expected of them
  public func down(without absent: Set<String>) async -> Set<Component> {
    let nodes = design.nodes.filter { $0.asn != nil && !absent.contains($0.name) }.map(\.name)
    let found = await nodes.concurrentMap(limit: forks) { node in
      (node, try? await NodeRouting.observe(sessions.watching(node)))
    }
    var down: Set<Component> = []
    var routings: [String: NodeRouting] = [:]
    for (node, routing) in found {
      if let routing { routings[node] = routing } else { down.insert(.routing(node)) }
    }
    for link in design.links {
      let ends = [link.a, link.b]
      // An end that does not answer is down itself.
      guard ends.allSatisfy({ routings[$0.node] != nil }) else { continue }
      let isUp = ends.allSatisfy { routings[$0.node]?.bgp[$0.interface] == "Established" }
      if !isUp { down.insert(.link(link.a.node, link.b.node)) }
    }
    return down
  }

  /// What is wrong with these nodes, in their order, and why some could not be asked.
  private func look(at nodes: [String], _ health: FabricHealth) async -> (problems: [FabricProblem], lost: [String]) {
    let answers = await nodes.concurrentMap(limit: forks) { node in
      do {
        return (health.problems(try await NodeRouting.observe(sessions.watching(node))), nil as String?)
      } catch {
        return ([], "\(error)")
      }
    }
    return (answers.flatMap(\.0), answers.compactMap(\.1))
  }
}
