import Foundation
import Guarantees
import HostProtocol
import Hosts
import Plan
import Store

/// A plan being carried out on real hosts, every step journaled before and after: obeys an `Execution`.
public struct Rollout: Sendable {
  let plan: Plan
  let journal: Journal
  let runner: StepRunner
  private let budget: DisruptionBudget?
  private let forks: Int
  private let gatekeeper: any Gatekeeper
  private let events: AsyncStream<Execution.Event>
  private let tell: AsyncStream<Execution.Event>.Continuation

  /// - Parameters:
  ///   - budget: what may be down together; `nil`: one step at a time takes something down
  ///   - forks: how many steps may run at once
  ///   - secret: the value of a secret, by name
  ///   - reimaging: for plans that install nodes anew
  public init(
    _ plan: Plan, sessions: Sessions, gatekeeper: any Gatekeeper, journal: Journal, budget: DisruptionBudget? = nil,
    forks: Int, reimaging: Reimaging? = nil, secret: @escaping @Sendable (String) throws -> String
  ) {
    self.plan = plan
    self.budget = budget
    self.forks = forks
    self.journal = journal
    self.gatekeeper = gatekeeper
    runner = StepRunner(sessions: sessions, secret: secret, reimaging: reimaging, gatekeeper: gatekeeper)
    (events, tell) = AsyncStream.makeStream()
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
  ) async throws -> ExecutionResult {
    let text = String(decoding: try SavedPlan.encode(plan), as: UTF8.self)
    let id = try journal.begin(site: plan.site, plan: text, controller: controller, at: Date())
    let start = ContinuousClock.now
    var execution = Execution(plan, budget: budget, forks: forks)
    var result: ExecutionResult?
    var unjournaled: (any Error)?
    var begun: [String: ContinuousClock.Instant] = [:]
    let journaling: @Sendable (RolloutEvent) -> Void = { event in
      if let (step, line) = event.journalLine {
        // A line of output that cannot be kept is no reason to stop a host half-way; the outcome is written anyway.
        try? journal.output(id, step: step, line: line, at: Date())
      }
      report(event)
    }
    await withDiscardingTaskGroup { group in
      var incoming = events.makeAsyncIterator()
      tell.yield(.begin)
      while result == nil, let event = await incoming.next() {
        for order in execution.handle(event, at: start.seconds) {
          var isRefused = unjournaled != nil
          do {
            switch order {
            case .act(let step, _) where !isRefused:
              try journal.begin(id, step: step.id, title: step.title, at: Date())
              begun[step.id] = .now
              report(.started(step))
            case .finish(let step, let end):
              try note(end, of: step, rollout: id, since: begun[step.id] ?? .now, report: report)
            case .waiting(let step, let reason): journaling(.waiting(step, reason: reason))
            case .held(let step, let reason): journaling(.held(step, reason: reason))
            case .end(let ended): result = ended
            case .act, .look, .takeBack, .cleanUp, .observe: break
            }
          } catch {
            // What runs is finished; nothing that is not journaled is begun.
            unjournaled = unjournaled ?? error
            isRefused = true
            tell.yield(.stop)
          }
          group.addTask { [isRefused] in await obey(order, isRefused: isRefused, report: journaling) }
        }
      }
      // Nothing runs any more; a look at what is down may still be waited for.
      group.cancelAll()
    }
    if let unjournaled { throw unjournaled }
    guard let result else { throw CancellationError() }
    try journal.finish(id, result.outcome, at: Date())
    return result
  }

  /// Does what an order asks of the world, and tells the execution what came of it.
  private func obey(
    _ order: Execution.Order, isRefused: Bool, report: @escaping @Sendable (RolloutEvent) -> Void
  ) async {
    switch order {
    case .act(let step, let limit):
      if isRefused { return tell(.acted(step.id, failure: "the journal cannot be written")) }
      let actions = [step.before, step.action].compactMap { $0 }
      tell(.acted(step.id, failure: await runner.carryOut(actions, of: step, within: limit, report: report)))
    case .takeBack(let step, let limit):
      guard let undo = step.undo else { return tell(.takenBack(step.id, failure: nil)) }
      tell(.takenBack(step.id, failure: await runner.carryOut([undo], of: step, within: limit, report: report)))
    case .cleanUp(let step, let limit):
      guard let after = step.after else { return tell(.cleanedUp(step.id, failure: nil)) }
      tell(.cleanedUp(step.id, failure: await runner.carryOut([after], of: step, within: limit, report: report)))
    case .look(let step, let pause, let limit):
      guard (try? await Task.sleep(for: .seconds(pause))) != nil else { return }
      let begun = ContinuousClock.now
      // Whoever is asked may hang.
      let state = try? await withDeadline(.now + .seconds(limit)) { await gatekeeper.check(step.gate) }
      // Hosts that become well need their time more than those who watch them.
      if state != .open { try? await Task.sleep(for: min(begun.duration(to: .now), .seconds(2))) }
      tell(.looked(step.id, state))
    case .observe(let pause, let number):
      guard (try? await Task.sleep(for: .seconds(pause))) != nil else { return }
      tell(.observed(await gatekeeper.condition(), number: number))
    case .finish, .waiting, .held, .end: break
    }
  }

  private func tell(_ event: Execution.Event) { tell.yield(event) }

  private func note(
    _ end: StepEnd, of step: Step, rollout: Int64, since begun: ContinuousClock.Instant,
    report: (RolloutEvent) -> Void
  ) throws {
    switch end {
    case .passed:
      try journal.finish(rollout, step: step.id, .done, at: Date())
      report(.passed(step, seconds: begun.seconds))
    case .failed(let reason):
      try journal.finish(rollout, step: step.id, .failed, message: reason, at: Date())
      report(.failed(step, reason: reason, seconds: begun.seconds))
    case .takenBack(let reason):
      try journal.finish(rollout, step: step.id, .undone, message: reason, at: Date())
      report(.undone(step))
      report(.failed(step, reason: reason, seconds: begun.seconds))
    }
  }
}

extension ExecutionResult {
  /// Where nothing failed and yet something is left, it was stopped.
  public var outcome: Outcome { isDone ? .done : failures.isEmpty ? .interrupted : .failed }
}

extension RolloutEvent {
  /// What the journal keeps of it, and of which step.
  var journalLine: (step: String, line: String)? {
    switch self {
    case .progress(let step, .output(let line)): (step.id, line)
    case .progress(let step, .changing(let difference)):
      (step.id, "changing \(difference.resource): \(difference.changes.map(\.attribute).joined(separator: ", "))")
    case .waiting(let step, let reason): (step.id, "waiting: \(reason)")
    case .started, .held, .passed, .failed, .undone: nil
    }
  }
}

extension ContinuousClock.Instant {
  /// Seconds from then to now.
  var seconds: Double { (ContinuousClock.now - self) / .seconds(1) }
}
