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
  private let news: AsyncStream<News>
  private let tell: AsyncStream<News>.Continuation

  /// What may let something new begin, or forbid it.
  private enum News: Sendable {
    /// The step's action is done: its host is free for another one.
    case acted(Step)
    /// With the reason where it failed; thrown is what could not be journaled.
    case ended(Step, Result<String?, any Error>)
    case stop
  }

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
    (news, tell) = AsyncStream.makeStream()
  }

  /// Nothing new is begun any more; what runs is finished.
  public func stop() { tell.yield(.stop) }

  /// Carries the plan out. After a failure nothing new is begun; what runs is finished.
  ///
  /// Call it once, with the site's lock held.
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
    var busy: Set<String> = []
    var failures: [String: String] = [:]
    var isStopped = false
    var unjournaled: (any Error)?
    await withTaskGroup(of: Void.self) { group in
      func begin() {
        guard failures.isEmpty, unjournaled == nil, !isStopped, !Task.isCancelled else { return }
        for step in schedule.ready(passed: passed, running: running, busy: busy, room: forks - running.count) {
          running.insert(step.id)
          if let host = step.host { busy.insert(host) }
          group.addTask { tell.yield(.ended(step, await carryOut(step, of: id, report: report))) }
        }
      }
      begin()
      var incoming = news.makeAsyncIterator()
      while !running.isEmpty, let event = await incoming.next() {
        switch event {
        case .acted(let step):
          // One that may have to be taken back keeps its host: the way back must not wait for another step there.
          if step.undo == nil, let host = step.host { busy.remove(host) }
        case .ended(let step, let result):
          running.remove(step.id)
          if let host = step.host { busy.remove(host) }
          switch result {
          case .success(nil): passed.insert(step.id)
          case .success(let failure?): failures[step.id] = failure
          case .failure(let error): unjournaled = unjournaled ?? error
          }
        case .stop:
          isStopped = true
        }
        begin()
      }
    }
    if let unjournaled { throw unjournaled }
    let left = plan.steps.map(\.id).filter { !passed.contains($0) && failures[$0] == nil }
    let result = RolloutResult(passed: plan.steps.map(\.id).filter(passed.contains), failures: failures, left: left)
    try journal.finish(id, result.outcome, at: Date())
    return result
  }

  private func carryOut(
    _ step: Step, of rollout: Int64, report: @escaping @Sendable (RolloutEvent) -> Void
  ) async -> Result<String?, any Error> {
    do { return .success(try await attempt(step, of: rollout, report: report)) } catch { return .failure(error) }
  }

  /// - Returns: why the step failed; `nil`: it passed
  private func attempt(
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
      try await runner.run(step, acted: { tell.yield(.acted(step)) }, report: journaling)
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
