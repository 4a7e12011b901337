import Foundation
import HostProtocol
import Hosts
import Plan
import Store

/// A plan being carried out: as parallel as its needs allow, every step journaled before and after.
public struct Rollout: Sendable {
  let plan: Plan
  let forks: Int
  let journal: Journal
  let runner: StepRunner

  /// - Parameters:
  ///   - forks: how many steps may run at once
  ///   - secret: the value of a secret, by name
  public init(
    _ plan: Plan, sessions: Sessions, gatekeeper: any Gatekeeper, journal: Journal, forks: Int,
    secret: @escaping @Sendable (String) throws -> String
  ) {
    self.plan = plan
    self.forks = forks
    self.journal = journal
    runner = StepRunner(sessions: sessions, gatekeeper: gatekeeper, secret: secret)
  }

  /// Carries the plan out. After a failure nothing new is begun; what runs is finished.
  ///
  /// Call it with the site's lock held.
  ///
  /// - Parameter controller: who does it, for the journal
  /// - Throws: `StoreError` where the journal cannot be written: what is not journaled is not done
  public func run(
    controller: String, report: @escaping @Sendable (RolloutEvent) -> Void
  ) async throws -> RolloutResult {
    let text = String(decoding: try SavedPlan.encode(plan), as: UTF8.self)
    let id = try journal.begin(site: plan.site, plan: text, controller: controller, at: Date())
    let schedule = Schedule(plan)
    var passed: Set<String> = []
    var running: Set<String> = []
    var failures: [String: String] = [:]
    try await withThrowingTaskGroup(of: (step: Step, failure: String?).self) { group in
      while true {
        if failures.isEmpty, !Task.isCancelled {
          for step in schedule.ready(passed: passed, running: running, room: forks - running.count) {
            running.insert(step.id)
            group.addTask { (step, try await carryOut(step, of: id, report: report)) }
          }
        }
        guard let ended = try await group.next() else { break }
        running.remove(ended.step.id)
        if let failure = ended.failure { failures[ended.step.id] = failure } else { passed.insert(ended.step.id) }
      }
    }
    let left = plan.steps.map(\.id).filter { !passed.contains($0) && failures[$0] == nil }
    let result = RolloutResult(passed: plan.steps.map(\.id).filter(passed.contains), failures: failures, left: left)
    try journal.finish(id, result.isDone ? .done : .failed, at: Date())
    return result
  }

  /// - Returns: why the step failed; `nil`: it passed
  private func carryOut(
    _ step: Step, of rollout: Int64, report: @escaping @Sendable (RolloutEvent) -> Void
  ) async throws -> String? {
    try journal.begin(rollout, step: step.id, title: step.title, at: Date())
    report(.started(step))
    let start = ContinuousClock.now
    let journaling: @Sendable (RolloutEvent) -> Void = { event in
      if let line = event.journalLine {
        // A line of output that cannot be kept is no reason to stop a host half-way; the outcome is written below.
        try? journal.output(rollout, step: step.id, line: line, at: Date())
      }
      report(event)
    }
    do {
      try await runner.run(step, report: journaling)
      try journal.finish(rollout, step: step.id, .done, at: Date())
      report(.passed(step, seconds: start.seconds))
      return nil
    } catch let failure as StepRunner.Failure {
      var outcome = Outcome.failed
      var reason = failure.reason
      if failure.gateStayedShut, step.undo != nil {
        do {
          try await runner.undo(step, report: journaling)
          outcome = .undone
          report(.undone(step))
          reason += "; taken back to what was before"
        } catch {
          reason += "; and could not be taken back: \(error.reason)"
        }
      }
      try journal.finish(rollout, step: step.id, outcome, message: reason, at: Date())
      report(.failed(step, reason: reason, seconds: start.seconds))
      return reason
    }
  }
}

extension RolloutEvent {
  /// What the journal keeps of it.
  var journalLine: String? {
    switch self {
    case .progress(_, .output(let line)): line
    case .progress(_, .changing(let difference)):
      "changing \(difference.resource): \(difference.changes.map(\.attribute).joined(separator: ", "))"
    case .waiting(_, let reason): "waiting: \(reason)"
    case .started, .passed, .failed, .undone: nil
    }
  }
}

extension ContinuousClock.Instant {
  /// Seconds from then to now.
  var seconds: Double { (ContinuousClock.now - self) / .seconds(1) }
}
