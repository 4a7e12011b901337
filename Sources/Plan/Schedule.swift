import Design
import Guarantees

/// Decides which steps may start. Pure: what passed, what runs and what is down go in, what may start comes out.
public struct Schedule: Sendable {
  public let plan: Plan
  /// Steps whose effect cannot be survived even with everything else up, and what each of them breaks.
  public let downtimes: [String: [Finding]]
  private let budget: DisruptionBudget?

  /// - Parameter budget: what may be down together; `nil`: one step at a time takes something down
  public init(_ plan: Plan, budget: DisruptionBudget? = nil) {
    self.plan = plan
    self.budget = budget
    var downtimes: [String: [Finding]] = [:]
    for step in plan.steps where !step.takesDown.isEmpty {
      let broken = budget?.downtime(of: Set(step.takesDown)) ?? []
      if !broken.isEmpty { downtimes[step.id] = broken }
    }
    self.downtimes = downtimes
  }

  /// What may start, and what waits for what is down.
  public struct Readiness: Sendable {
    /// In the plan's order.
    public internal(set) var steps: [Step] = []
    /// Whether a step could start if one knew what is down.
    public internal(set) var needsCondition = false
    /// The first step that the budget holds back, though nothing that runs is in its way, and why.
    public internal(set) var held: (step: Step, reason: String)?
  }

  /// The steps that may start now.
  ///
  /// Together run those that keep every promise with all of them down at once, and with what is down besides. What
  /// cannot be survived at all runs with nothing else that takes something down. A host's agent does one thing at a time:
  /// a step that would only wait for its turn there takes no room, and its deadline does not run.
  ///
  /// - Parameters:
  ///   - passed: ids of the steps that passed their gates
  ///   - running: the steps under way
  ///   - busy: hosts that are being changed
  ///   - condition: what is down; `nil`: not known, and nothing is taken down
  ///   - room: how many more may run
  public func ready(
    passed: Set<String>, running: [Step], busy: Set<String> = [], in condition: Condition?, room: Int
  ) -> Readiness {
    let runs = Set(running.map(\.id))
    var busy = busy
    var together = running
    var readiness = Readiness()
    for step in plan.steps where readiness.steps.count < room {
      guard !passed.contains(step.id), !runs.contains(step.id), passed.isSuperset(of: step.needs) else { continue }
      if let host = step.host, busy.contains(host) { continue }
      guard may(step, beside: together, condition, &readiness) else { continue }
      if let host = step.host { busy.insert(host) }
      together.append(step)
      readiness.steps.append(step)
    }
    return readiness
  }

  /// What a step breaks however things are: by the design, or by where the copies of a whole cluster lie.
  func downtime(of step: Step, in condition: Condition?) -> [Finding] {
    if let known = downtimes[step.id] { return known }
    guard let budget, let condition, !step.takesDown.isEmpty else { return [] }
    return budget.downtime(of: Set(step.takesDown), in: condition)
  }

  /// Whether what a step takes down may be down now.
  private func may(
    _ step: Step, beside running: [Step], _ condition: Condition?, _ readiness: inout Readiness
  ) -> Bool {
    guard !step.takesDown.isEmpty else { return true }
    let disrupting = running.filter { !$0.takesDown.isEmpty }
    guard let budget else { return disrupting.isEmpty }
    guard let condition else {
      readiness.needsCondition = true
      return false
    }
    if let host = step.host, step.action.needsHost, condition.down.contains(.node(host)) {
      readiness.held = readiness.held ?? (step, "\(host) is down")
      return false
    }
    // What cannot be survived runs alone.
    if !downtime(of: step, in: condition).isEmpty { return disrupting.isEmpty }
    if disrupting.contains(where: { !downtime(of: $0, in: condition).isEmpty }) { return false }
    let (wanted, taking) = (Set(step.takesDown), Set(running.flatMap(\.takesDown)))
    guard budget.refusal(taking: wanted, beside: taking, in: condition) != nil else { return true }
    // What runs will be over; what is down besides may not.
    let besides = condition.without(taking)
    if readiness.held == nil, let reason = budget.refusal(taking: wanted, beside: [], in: besides) {
      let down = besides.down.sorted().map(\.description)
      readiness.held = (step, down.isEmpty ? reason : "\(reason); down now: \(down.joined(separator: ", "))")
    }
    return false
  }
}
