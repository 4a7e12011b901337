/// What rollouts that did not come to their end have begun and nobody has seen work. What they changed is observed as
/// done; their gates are asked again.
public struct Unproven: Sendable, Hashable {
  /// Id to the step as it was begun, with its gate and its undo.
  public var steps: [String: Step]
  /// Ids of the steps that they brought to their end.
  public var done: Set<String>

  public init(steps: [String: Step] = [:], done: Set<String> = []) {
    self.steps = steps
    self.done = done
  }

  /// The step that asks again, where nothing is left to change: it waits for the gate, and goes back where it stays
  /// shut.
  func proof(of id: String, in phase: String) -> Step? {
    guard let begun = steps[id], begun.gate != .none else { return nil }
    let mark = " (was cut off)"
    // Until its gate opens, what it took down may still be down.
    return Step(
      id: id, title: begun.title.hasSuffix(mark) ? begun.title : begun.title + mark, phase: phase, action: .wait,
      after: begun.after, takesDown: begun.takesDown, gate: begun.gate, undo: begun.undo, deadline: begun.deadline)
  }
}
