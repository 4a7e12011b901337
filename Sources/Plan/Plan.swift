import Design

/// The ordered steps from what is observed to what is desired.
public struct Plan: Sendable, Hashable, Codable {
  /// The version of the saved form. Other versions are refused.
  public static let format = 1

  public var format = Plan.format
  public var site: String
  /// In an order that respects their needs.
  public var steps: [Step]
  /// What the operator should know, though no step follows from it.
  public var notes: [String]
  /// Node to why it could not be looked at; nothing is planned for it.
  public var unreachable: [String: String]
  /// Whether there is more to do that can only be planned when this is done.
  public var moreFollows = false

  public init(site: String, steps: [Step], notes: [String] = [], unreachable: [String: String] = [:]) {
    self.site = site
    self.steps = steps
    self.notes = notes
    self.unreachable = unreachable
  }

  public var isEmpty: Bool { steps.isEmpty }

  /// How many resources differ.
  public var changes: Int { steps.reduce(0) { $0 + $1.why.count } }

  /// How many commands the monitors will get.
  public var monCommands: Int {
    steps.reduce(0) { sum, step in if case .mon(_, let commands) = step.action { sum + commands.count } else { sum } }
  }

  /// The phases in the order in which steps name them.
  public var phases: [String] {
    var seen: Set<String> = []
    return steps.map(\.phase).filter { seen.insert($0).inserted }
  }

  /// Why this is no plan: an id twice, a need that is no step, a circle.
  public var defects: [String] {
    var defects: [String] = []
    var ids: Set<String> = []
    for step in steps where !ids.insert(step.id).inserted { defects.append("step \(step.id) stands twice") }
    for step in steps {
      for need in step.needs where !ids.contains(need) {
        defects.append("step \(step.id) needs \(need), which is no step")
      }
    }
    if defects.isEmpty {
      var passed: Set<String> = []
      var left = steps
      var isStuck = false
      // Steps that stand after what they need, as in every plan of ours, take one turn.
      while !left.isEmpty, !isStuck {
        let waiting = left.filter { step in
          guard passed.isSuperset(of: step.needs) else { return true }
          passed.insert(step.id)
          return false
        }
        isStuck = waiting.count == left.count
        left = waiting
      }
      if isStuck { defects.append("steps need each other in a circle: \(left.map(\.id).joined(separator: ", "))") }
    }
    return defects
  }

  /// How a plan made now differs from this saved one: the steps that came, went or changed, for people.
  public func movedSteps(in now: Plan) -> [String] {
    let saved = Dictionary(steps.map { ($0.id, $0) }) { first, _ in first }
    let current = Dictionary(now.steps.map { ($0.id, $0) }) { first, _ in first }
    let gone = steps.filter { current[$0.id] == nil }.map { "\($0.id): no longer needed" }
    let come = now.steps.filter { saved[$0.id] == nil }.map { "\($0.id): needed now, not in the saved plan" }
    let changed = now.steps.flatMap { step in
      saved[step.id].flatMap { $0 == step ? nil : $0.moves(to: step) } ?? []
    }
    let moved = gone + come + changed
    guard moved.isEmpty, steps != now.steps else { return moved }
    return ["the steps stand in another order now"]
  }
}
