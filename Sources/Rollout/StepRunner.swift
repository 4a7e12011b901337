import Foundation
import HostProtocol
import Hosts
import Plan

/// Carries out one step: its action, then its gate, within its deadline.
struct StepRunner: Sendable {
  let sessions: Sessions
  let gatekeeper: any Gatekeeper
  /// The value of a secret, by name.
  let secret: @Sendable (String) throws -> String

  /// Why a step failed, for people.
  struct Failure: Error {
    var reason: String
    /// Whether the action was carried out and only its gate stayed shut.
    var gateStayedShut = false
  }

  /// - Parameter acted: called when the action is done, and only the gate is waited for
  func run(
    _ step: Step, acted: @Sendable () -> Void, report: @escaping @Sendable (RolloutEvent) -> Void
  ) async throws(Failure) {
    let deadline = ContinuousClock.now + .seconds(step.deadline)
    try await carryOut(step.action, of: step, until: deadline, report: report)
    acted()
    try await pass(step, until: deadline, report: report)
  }

  func undo(_ step: Step, report: @escaping @Sendable (RolloutEvent) -> Void) async throws(Failure) {
    guard let undo = step.undo else { return }
    let deadline = ContinuousClock.now + .seconds(step.deadline)
    try await carryOut(undo, of: step, until: deadline, report: report)
  }

  private func carryOut(
    _ action: Action, of step: Step, until deadline: ContinuousClock.Instant,
    report: @escaping @Sendable (RolloutEvent) -> Void
  ) async throws(Failure) {
    do {
      try await withDeadline(deadline) {
        switch action {
        case .wait: break
        case .converge(let host, let resources):
          try await converge(host, resources) { report(.progress(step, $0)) }
        case .mon(let hosts, let commands):
          try await send(commands, via: hosts) { report(.progress(step, .output($0))) }
        }
      }
    } catch let failure as Failure {
      throw failure
    } catch is DeadlineExceeded {
      throw Failure(reason: "not done within \(step.deadline) s")
    } catch {
      throw Failure(reason: "\(error)")
    }
  }

  private func converge(
    _ host: String, _ resources: [Resource], progress: @escaping @Sendable (Event) -> Void
  ) async throws {
    let resolved = try resources.map { try $0.resolved(secret) }
    let applied = try await sessions.occupying(host) { try await $0.apply(resolved, progress: progress) }
    if let failure = applied.failure { throw Failure(reason: "\(failure.resource): \(failure.message)") }
  }

  private func send(_ commands: [MonChange], via hosts: [String], say: @Sendable (String) -> Void) async throws {
    let session = try await sessions.first(of: hosts)
    for change in commands {
      say("ceph \(change.command.summary)")
      let reply = try await session.mon(try change.command.resolved(secret))
      guard reply.status == 0 else {
        throw Failure(reason: "ceph \(change.command.summary): error \(reply.status): \(reply.message)")
      }
      try check(reply, against: change)
    }
  }

  private func check(_ reply: MonReply, against change: MonChange) throws(Failure) {
    guard !change.expect.isEmpty else { return }
    let object = try? JSONSerialization.jsonObject(with: Data(reply.output.utf8)) as? [String: Any]
    for (member, wanted) in change.expect where object?[member] as? Int != wanted {
      let got = object?[member].map { "\($0)" } ?? "nothing"
      throw Failure(
        reason: "ceph \(change.command.summary): \(member) is \(got), planned was \(wanted); plan again")
    }
  }

  /// Asks for the gate until it opens. Two looks a second: a look is a few hundred microseconds to the monitors and
  /// some tens of milliseconds to a router.
  private func pass(
    _ step: Step, until deadline: ContinuousClock.Instant, report: @Sendable (RolloutEvent) -> Void
  ) async throws(Failure) {
    guard step.gate != .none else { return }
    var deadline = deadline
    var said = ""
    var least = UInt64.max
    while true {
      guard case .closed(let reason, let left) = await look(step.gate, until: deadline, said: said) else { return }
      if let left, left < least {
        least = left
        deadline = max(deadline, .now + .seconds(step.deadline))
      }
      if reason != said {
        said = reason
        report(.waiting(step, reason: reason))
      }
      guard ContinuousClock.now < deadline else {
        throw Failure(reason: "its gate did not open within \(step.deadline) s: \(reason)", gateStayedShut: true)
      }
      do { try await Task.sleep(for: .milliseconds(500)) } catch { throw Failure(reason: "interrupted") }
    }
  }

  /// One look, which ends with the deadline too: whoever is asked may hang.
  private func look(_ gate: Gate, until deadline: ContinuousClock.Instant, said: String) async -> GateState {
    do {
      return try await withDeadline(deadline) { await gatekeeper.check(gate) }
    } catch {
      return .closed(said.isEmpty ? "nobody who was asked has answered" : "\(said); then no answer")
    }
  }
}

struct DeadlineExceeded: Error {}

/// Runs a body; past the deadline it is cancelled, and `DeadlineExceeded` thrown.
func withDeadline<Value: Sendable>(
  _ deadline: ContinuousClock.Instant, _ body: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  try await withThrowingTaskGroup(of: Value.self) { group in
    group.addTask(operation: body)
    group.addTask {
      try await Task.sleep(until: deadline)
      throw DeadlineExceeded()
    }
    defer { group.cancelAll() }
    guard let value = try await group.next() else { throw DeadlineExceeded() }
    return value
  }
}
