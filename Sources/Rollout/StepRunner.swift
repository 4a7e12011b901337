import Foundation
import HostProtocol
import Hosts
import Plan

/// Installs a node's operating system anew, or has that begun; disks with data stay as they are.
public typealias Reimaging = @Sendable (_ node: String) async throws -> Void

/// Carries out the actions of steps.
struct StepRunner: Sendable {
  let sessions: Sessions
  /// The value of a secret, by name.
  let secret: @Sendable (String) throws -> String
  /// `nil`: nobody has said how.
  let reimaging: Reimaging?
  let gatekeeper: any Gatekeeper

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
    case .reboot(let node, let units, let last):
      try await reboot(node, Stopping(first: units, last: last)) { progress(.output($0)) }
    case .reimage(let node, let units, let before, let resources, let last):
      try await reimage(node, Stopping(first: units, last: last), since: before) { progress(.output($0)) }
      try await converge(node, resources, progress: progress)
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

  /// Units of a node that are stopped before it goes down.
  private struct Stopping {
    var first: [String]
    var last: LastStop?

    var all: [String] { first + (last?.units ?? []) }
  }

  private func reboot(_ node: String, _ units: Stopping, say: @Sendable (String) -> Void) async throws {
    try await sessions.occupying(node) { session in
      try await stop(units, on: session, say: say)
      say("systemctl reboot")
      do {
        let asked = try await session.run(CommandRequest(["systemctl", "--no-block", "reboot"]))
        guard asked.status == 0 else {
          try? await start(units.all, on: node)
          throw Failure(reason: "\(node): systemctl reboot: \(asked.error)")
        }
      } catch is HostError {
        // It was faster than its answer; the gate sees whether it boots.
      }
      await session.close()
    }
  }

  /// Ends when the node is back with another system. A run before this one may have got to any point of it.
  private func reimage(
    _ node: String, _ units: Stopping, since before: BootIdentity, say: @Sendable (String) -> Void
  ) async throws {
    var isBegun = false
    var looks = 0
    while true {
      let found = await installation(of: node, since: before)
      looks += 1
      switch found {
      case .new: return
      case .former(let hasBooted) where isBegun && hasBooted:
        throw Failure(reason: "\(node) has booted its former system again: the installer has not taken hold")
      // One that does not answer at first may be in the middle of it, or off; a connection may fail for a moment.
      case .former where !isBegun, nil where !isBegun && looks > 3:
        isBegun = true
        try await install(node, units, answers: found != nil, say: say)
        say("waiting for \(node) to be back")
      case .former: break
      case nil: await sessions.renew(node)
      }
      try await Task.sleep(for: .seconds(1))
    }
  }

  /// What a node that is installed anew runs.
  private enum Installation: Equatable {
    case former(hasBooted: Bool)
    case new
  }

  /// On the former system only.
  private static let mark = "/var/lib/varde/reimage"

  /// - Returns: `nil`: it does not answer
  private func installation(of node: String, since before: BootIdentity) async -> Installation? {
    guard let session = try? await sessions.session(node), let now = try? await BootIdentity(of: session),
      let mark = try? await session.read([Self.mark], limit: 64).first
    else { return nil }
    return mark == nil && now != before ? .new : .former(hasBooted: now != before)
  }

  private func install(
    _ node: String, _ units: Stopping, answers: Bool, say: @Sendable (String) -> Void
  ) async throws {
    guard let reimaging else { throw Failure(reason: "\(node): nobody has said how it is installed anew") }
    if answers {
      try await sessions.occupying(node) { session in
        let marked = try await session.run(CommandRequest(["touch", Self.mark]))
        guard marked.status == 0 else { throw Failure(reason: "\(node): \(marked.error)") }
        try await stop(units, on: session, say: say)
      }
      await sessions.renew(node)
    }
    say("the installer begins")
    do { try await reimaging(node) } catch {
      // Where nothing has been installed, the host goes on as it was.
      try? await start(units.all, on: node)
      throw error
    }
  }

  /// Where the last ones cannot be stopped, all run again.
  private func stop(_ units: Stopping, on session: any HostSession, say: @Sendable (String) -> Void) async throws {
    try await stop(units.first, on: session, say: say)
    guard let last = units.last else { return }
    do {
      try await open(last.gate, before: last.units, on: session.host, say: say)
      try await stop(last.units, on: session, say: say)
    } catch {
      try? await start(units.all, on: session.host)
      throw error
    }
  }

  /// Waits until a gate is open.
  private func open(
    _ gate: Gate, before units: [String], on node: String, say: @Sendable (String) -> Void
  ) async throws {
    let deadline = ContinuousClock.now + Self.patience
    var said = ""
    while case .closed(let reason, _) = await gatekeeper.check(gate) {
      guard ContinuousClock.now < deadline else {
        throw Failure(reason: "\(node): \(units.joined(separator: ", ")) cannot stop yet: \(reason)")
      }
      if reason != said { say("waiting: \(reason)") }
      said = reason
      try await Task.sleep(for: .milliseconds(200))
    }
  }

  /// How long placement groups may take to peer without OSDs that have said that they stop.
  private static let patience = Duration.seconds(120)

  /// One after the other. Their neighbours are told, and need not miss them: the network may go first.
  private func stop(_ units: [String], on session: any HostSession, say: @Sendable (String) -> Void) async throws {
    for unit in units {
      say("systemctl stop \(unit)")
      let stopped = try await session.run(CommandRequest(["systemctl", "stop", unit], timeout: 300))
      guard stopped.status == 0 else { throw Failure(reason: "\(session.host): systemctl stop: \(stopped.error)") }
    }
  }

  private func start(_ units: [String], on node: String) async throws {
    guard !units.isEmpty else { return }
    _ = try await sessions.session(node).run(CommandRequest(["systemctl", "start"] + units, timeout: 300))
  }

  private func send(_ commands: [MonChange], via hosts: [String], say: @Sendable (String) -> Void) async throws {
    for change in commands {
      say("ceph \(change.command.summary)")
      let reply = try await ask(try change.command.resolved(secret), via: hosts)
      guard reply.status == 0 else {
        throw Failure(reason: "ceph \(change.command.summary): error \(reply.status): \(reply.message)")
      }
      try check(reply, against: change)
    }
  }

  /// Where a host dies with the question, or nobody answers in time, the next one is asked: commands to the monitors may be repeated.
  private func ask(_ command: MonCommand, via hosts: [String]) async throws -> MonReply {
    for turn in hosts.indices.dropLast() {
      do {
        let reply = try await sessions.first(of: Array(hosts[turn...] + hosts[..<turn])).mon(command)
        // A client that asked while its monitor left the quorum may have waited for nobody.
        if reply.status != -Int(ETIMEDOUT) { return reply }
      } catch is HostError {}
    }
    return try await sessions.first(of: hosts.reversed()).mon(command)
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
