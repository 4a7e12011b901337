import Design

/// Decides which steps may start. Pure: what passed and what runs go in, what may start comes out.
public struct Schedule: Sendable {
  public let plan: Plan

  public init(_ plan: Plan) { self.plan = plan }

  /// The steps that may start now, in the plan's order.
  ///
  /// A step that takes something down runs with no other such step, so that at most one thing is down by our hand. A
  /// host's agent does one thing at a time: a step that would only wait for its turn there takes no room, and its
  /// deadline does not run.
  ///
  /// - Parameters:
  ///   - passed: ids of the steps that passed their gates
  ///   - running: ids of the steps under way
  ///   - busy: hosts that are being changed
  ///   - room: how many more may run
  public func ready(
    passed: Set<String>, running: Set<String>, busy: Set<String> = [], room: Int
  ) -> [Step] {
    var busy = busy
    var disrupts = plan.steps.contains { running.contains($0.id) && !$0.takesDown.isEmpty }
    var ready: [Step] = []
    for step in plan.steps where ready.count < room {
      guard !passed.contains(step.id), !running.contains(step.id), passed.isSuperset(of: step.needs) else { continue }
      if disrupts, !step.takesDown.isEmpty { continue }
      if let host = step.host, !busy.insert(host).inserted { continue }
      if !step.takesDown.isEmpty { disrupts = true }
      ready.append(step)
    }
    return ready
  }
}
