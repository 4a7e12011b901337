import Foundation
import Plan
import Store

/// A rollout told afterwards: who began it and when, what each step came to, what was never begun, and what followed.
public struct Story: Sendable, Encodable {
  public var id: Int64
  public var outcome: Outcome
  public var startedAt: Date
  /// `nil`: it runs, or nobody saw its end.
  public var finishedAt: Date?
  public var controller: String
  /// In the order in which they began.
  public var steps: [StepRecord]
  /// Ids of the plan's steps that never began.
  public var notBegun: [String]
  /// The next rollout; `nil`: there is none.
  public var next: Int64?

  /// - Parameter isLocked: whether a controller is at work: without one, nothing runs
  /// - Returns: `nil` where there is no rollout of that number
  /// - Throws: `StoreError`
  public init?(_ number: Int64, _ journal: Journal, isLocked: Bool) throws {
    guard let rollout = try journal.rollout(number) else { return nil }
    id = number
    outcome = rollout.outcome(isLocked: isLocked)
    startedAt = rollout.startedAt
    finishedAt = rollout.finishedAt
    controller = rollout.controller
    steps = try journal.steps(of: number).map { step in
      var step = step
      if step.outcome == .running, !isLocked { step.outcome = .interrupted }
      return step
    }
    let begun = Set(steps.map(\.id))
    // A plan of another format cannot be read any more; its steps are told all the same.
    let plan = try? SavedPlan.decode(Data(rollout.plan.utf8), path: "rollout \(number)")
    notBegun = (plan?.steps ?? []).map(\.id).filter { !begun.contains($0) }
    next = try journal.rollout(number + 1)?.id
  }

  /// `2 steps done, 1 failed, 3 never begun`
  public var summary: String {
    let outcomes: [Outcome] = [.done, .undone, .failed, .interrupted, .running]
    let parts = outcomes.compactMap { outcome -> String? in
      let count = steps.count { $0.outcome == outcome }
      return count == 0 ? nil : "\(count) \(outcome.rawValue)"
    }
    let all = parts + (notBegun.isEmpty ? [] : ["\(notBegun.count) never begun"])
    return "steps: " + (all.isEmpty ? "none" : all.joined(separator: ", "))
  }
}
