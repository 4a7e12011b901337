import Design
import HostProtocol

/// Builds a plan from everything that could be a step.
///
/// Engines list all their steps, needed or not, with their full needs. What nothing asks for is left out, and what
/// needed it inherits its needs, so that order is kept.
public struct Assembly: Sendable {
  private var candidates: [(step: Step, needed: Bool)] = []

  public init() {}

  /// Adds a step that brings a group of one host's resources into their state; it is needed where one of them differs.
  ///
  /// - Parameters:
  ///   - differences: resource's id to its difference, for that host
  ///   - isNeeded: also where nothing is known to differ
  public mutating func converge(
    _ id: String, title: String, phase: String, host: String, resources: [Resource],
    differences: [String: Difference], isNeeded: Bool = false, needs: [String] = [], gate: Gate = .none,
    refine: (inout Step) -> Void = { _ in }
  ) {
    let why = resources.compactMap { differences[$0.id] }
    var step = Step(
      id: id, title: title, phase: phase, needs: needs, action: .converge(host: host, resources: resources), why: why,
      gate: gate)
    refine(&step)
    candidates.append((step, isNeeded || !why.isEmpty))
  }

  /// Adds a step of monitor commands; it is needed where there are any.
  public mutating func mon(
    _ id: String, title: String, phase: String, via: [String], commands: [MonChange], needs: [String] = [],
    takesDown: [Component] = [], gate: Gate = .none, deadline: Int = 600
  ) {
    let step = Step(
      id: id, title: title, phase: phase, needs: needs, action: .mon(via: via, commands: commands),
      takesDown: takesDown, gate: gate, deadline: deadline)
    candidates.append((step, !commands.isEmpty))
  }

  /// Adds a step as it is.
  public mutating func add(_ step: Step, isNeeded: Bool = true) { candidates.append((step, isNeeded)) }

  /// Adds a step that waits for a gate; it is needed where one of its needs is, or where the gate is known to be shut.
  public mutating func wait(
    _ id: String, title: String, phase: String, needs: [String], gate: Gate, isShut: Bool = false, deadline: Int = 300
  ) {
    let step = Step(
      id: id, title: title, phase: phase, needs: needs, action: .wait, gate: gate, deadline: deadline)
    candidates.append((step, isShut))
  }

  /// Needs that name no candidate, of steps that are left out as well: a rollout would wait for them for ever.
  private var danglingNeeds: [String] {
    let known = Set(candidates.map(\.step.id))
    return candidates.flatMap { candidate in
      candidate.step.needs.filter { !known.contains($0) }.map {
        "step \(candidate.step.id) needs \($0), which is no step"
      }
    }
  }

  /// What steps that are no candidates any more have left behind, and would have taken away at their end.
  private func leftovers(_ unproven: Unproven?) -> [Step] {
    let known = Set(candidates.map(\.step.id))
    return (unproven?.steps.values.sorted { $0.id < $1.id } ?? []).compactMap { begun in
      guard !known.contains(begun.id), let after = begun.after else { return nil }
      return Step(id: begun.id, title: "\(begun.title): what it left behind", phase: begun.phase, action: after)
    }
  }

  /// The plan. Candidates must stand after what they need.
  ///
  /// - Parameter unproven: what was begun and never seen to work: every step that waits is kept, and the gates of these
  ///   steps are asked again; `nil`: the last rollout came to its end
  /// - Throws: `UnsoundPlan` where a step needs one that is no candidate, an id stands twice, or needs form a circle
  public func plan(
    site: String, notes: [String] = [], proving unproven: Unproven? = nil
  ) throws(UnsoundPlan) -> Plan {
    var kept: [Step] = []
    // For each candidate that was left out, what it needed of what is kept.
    var inherited: [String: [String]] = [:]
    for candidate in candidates {
      var seen: Set<String> = []
      let needs = candidate.step.needs.flatMap { inherited[$0] ?? [$0] }.filter { seen.insert($0).inserted }
      let isWait = candidate.step.action == .wait
      var step = candidate.step
      if !candidate.needed, !(isWait && (unproven != nil || !needs.isEmpty)) {
        guard let proof = unproven?.proof(of: step.id, in: step.phase) else {
          inherited[step.id] = needs
          continue
        }
        step = proof
      }
      step.needs = needs
      // Whatever it is needed for now, what was done for the time of the step that was begun is to be undone.
      step.after = step.after ?? unproven?.steps[step.id]?.after
      kept.append(step)
    }
    let plan = Plan(site: site, steps: kept + leftovers(unproven), notes: notes)
    let defects = danglingNeeds + plan.defects
    guard defects.isEmpty else { throw UnsoundPlan(site: site, defects: defects) }
    return plan
  }
}
