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
