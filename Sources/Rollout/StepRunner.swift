import Foundation
import HostProtocol
import Hosts
import Plan

/// Carries out the actions of steps.
struct StepRunner: Sendable {
  let sessions: Sessions
  /// The value of a secret, by name.
  let secret: @Sendable (String) throws -> String

  /// Why an action failed, for people.
  private struct Failure: Error {
    var reason: String
  }

  /// Carries out one after the other, to the first that fails.
  ///
  /// - Parameter limit: in seconds, for all of them
  /// - Returns: why it failed; `nil`: it is done
  func carryOut(
    _ actions: [Action], of step: Step, within limit: Double, report: @escaping @Sendable (RolloutEvent) -> Void
  ) async -> String? {
    do {
      try await withDeadline(.now + .seconds(limit)) {
        for action in actions { try await carryOut(action) { report(.progress(step, $0)) } }
      }
      return nil
    } catch let failure as Failure {
      return failure.reason
    } catch is DeadlineExceeded {
      return "not done within \(Int(limit.rounded())) s"
    } catch {
      return "\(error)"
    }
  }

  private func carryOut(_ action: Action, progress: @escaping @Sendable (Event) -> Void) async throws {
    switch action {
    case .wait: break
    case .converge(let host, let resources): try await converge(host, resources, progress: progress)
    case .reboot(let node, let units): try await reboot(node, stopping: units) { progress(.output($0)) }
    case .mon(let hosts, let commands): try await send(commands, via: hosts) { progress(.output($0)) }
    }
  }

  private func converge(
    _ host: String, _ resources: [Resource], progress: @escaping @Sendable (Event) -> Void
  ) async throws {
    let resolved = try resources.map { try $0.resolved(secret) }
    let applied = try await sessions.occupying(host) { try await $0.apply(resolved, progress: progress) }
    if applied.changed.contains(where: { $0.hasPrefix("package:") }) { await sessions.renew(host) }
    if let failure = applied.failure { throw Failure(reason: "\(failure.resource): \(failure.message)") }
  }

  private func reboot(_ node: String, stopping units: [String], say: @Sendable (String) -> Void) async throws {
    try await sessions.occupying(node) { session in
      if !units.isEmpty {
        // Their neighbours are told, and need not miss them: the network may go first.
        say("systemctl stop \(units.joined(separator: " "))")
        let stopped = try await session.run(CommandRequest(["systemctl", "stop"] + units, timeout: 300))
        guard stopped.status == 0 else { throw Failure(reason: "\(node): systemctl stop: \(stopped.error)") }
      }
      say("systemctl reboot")
      do {
        let asked = try await session.run(CommandRequest(["systemctl", "--no-block", "reboot"]))
        guard asked.status == 0 else { throw Failure(reason: "\(node): systemctl reboot: \(asked.error)") }
      } catch is HostError {
        // It was faster than its answer; the gate sees whether it boots.
      }
      await session.close()
    }
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
