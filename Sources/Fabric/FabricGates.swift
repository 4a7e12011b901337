import Design
import Hosts
import Plan

/// Answers for the gates of the fabric, by asking its nodes.
public struct FabricGates: Sendable {
  let sessions: Sessions
  let health: FabricHealth

  public init(sessions: Sessions, design: Design) {
    self.sessions = sessions
    health = FabricHealth(design)
  }

  /// - Returns: `nil` where the gate is none of the fabric's
  public func check(_ gate: Gate) async -> GateState? {
    guard case .routing(let nodes) = gate else { return nil }
    let problems = await withTaskGroup(of: [String].self) { group in
      for node in nodes {
        group.addTask {
          do {
            return health.problems(try await sessions.with(node, NodeRouting.observe))
          } catch let error as HostError {
            return [error.description]
          } catch {
            return ["\(node): \(error)"]
          }
        }
      }
      return await group.reduce(into: []) { $0 += $1 }
    }
    guard let first = problems.sorted().first else { return .open }
    return .closed(problems.count == 1 ? first : "\(first); and \(problems.count - 1) more")
  }
}
