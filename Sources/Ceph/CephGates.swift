import HostProtocol
import Hosts
import Plan

/// Answers for the gates that a Ceph cluster can answer, by asking its monitors.
public struct CephGates: Sendable {
  let sessions: Sessions
  let mons: [String]

  /// - Parameter mons: hosts to ask, any of them
  public init(sessions: Sessions, mons: [String]) {
    self.sessions = sessions
    self.mons = mons
  }

  /// - Returns: `nil` where the gate is none of Ceph's
  public func check(_ gate: Gate) async -> GateState? {
    switch gate {
    case .none, .routing, .all, .reachable, .rebooted: nil
    case .quorum(let mons): await asking { try await quorum(mons, $0) }
    case .monRestarted(let mon, let mons): await monRestarted(mon, mons)
    case .mgrs(let count): await asking { try await mgrs(count, $0) }
    case .mgrRestarted(let mgr, let former, let count):
      await asking { try await mgrRestarted(mgr, after: former, count, $0) }
    case .osdsUp(let ids): await asking { try await osdsUp(ids, $0) }
    case .osdRestarted(let id, let epoch, let release):
      await asking { try await osdRestarted(id, after: epoch, release, $0) }
    case .release(let release, let kinds): await asking { try await runs(release, kinds, $0) }
    case .active: await asking { active(try await ClusterStatus.observe($0)) }
    case .clean: await asking { try await clean($0) }
    case .upmapped(let entries): await asking { try await upmapped(entries, $0) }
    case .drained(let ids): await asking { try await drained(ids, $0) }
    case .osdsDown(let ids): await asking { try await osdsDown(ids, $0) }
    case .healthy: await asking { try await healthy($0) }
    }
  }

  /// Asks any monitor's host that answers; a host that does not is asked again in the next look.
  private func asking(_ question: (any HostSession) async throws -> GateState) async -> GateState {
    var answer = GateState.closed("no monitor's host can be reached")
    for host in mons {
      do {
        return try await question(sessions.watching(host))
      } catch let error as HostError {
        answer = .closed(error.description)
      } catch {
        answer = .closed("\(host): \(error)")
      }
    }
    return answer
  }

  private func quorum(_ wanted: [String], _ session: any HostSession) async throws -> GateState {
    inQuorum(wanted, of: Set(try await ClusterStatus.observe(session).quorum))
  }

  func inQuorum(_ wanted: [String], of quorum: Set<String>) -> GateState {
    let missing = Set(wanted).subtracting(quorum)
    return missing.isEmpty ? .open : .closed("not in quorum: \(missing.sorted().joined(separator: ", "))")
  }

  func mgrs(_ count: Int, _ session: any HostSession) async throws -> GateState {
    let status = try await ClusterStatus.observe(session)
    guard status.mgrAvailable else { return .closed("no manager is active") }
    return status.mgrStandbys + 1 >= count
      ? .open : .closed("\(status.mgrStandbys) managers stand by, \(count - 1) should")
  }

  private func osdsUp(_ ids: [Int], _ session: any HostSession) async throws -> GateState {
    let osds = try await ClusterState.osds(session).osds
    let missing = ids.filter { id in !osds.contains { $0.id == id && $0.up && $0.in } }
    return missing.isEmpty ? .open : .closed("not up and in: \(missing.map { "osd.\($0)" }.joined(separator: ", "))")
  }

  private func clean(_ session: any HostSession) async throws -> GateState {
    let status = try await ClusterStatus.observe(session)
    // The statistics know of a new pool only some seconds after the map does.
    let (_, expected, splitting) = try await ClusterState.osds(session)
    guard splitting.isEmpty else {
      return .closed("placement groups of pool \(splitting.joined(separator: ", "))", left: status.objectsToMove)
    }
    let known = status.pgs.values.reduce(0, +)
    guard known >= expected else { return .closed("placement groups: \(known) of \(expected) are known") }
    guard status.isClean else {
      return .closed("placement groups: \(status.pgSummary)", left: status.objectsToMove)
    }
    return try await cleanInPlace(session)
  }

  func active(_ status: ClusterStatus) -> GateState {
    // One that nobody has told of for a while is `stale+active`: that it was active does not help.
    status.pgs.keys.allSatisfy { $0.hasPrefix("active") }
      ? .open : .closed("placement groups: \(status.pgSummary)")
  }

  private func upmapped(_ entries: [String: [Int]], _ session: any HostSession) async throws -> GateState {
    let known = try await session.ask("osd dump", as: UpmapDump.self).pgUpmapItems
    let now = Dictionary(known.map { ($0.pgid, $0.mappings.flatMap { [$0.from, $0.to] }) }) { first, _ in first }
    let gone = entries.filter { now[$0.key] ?? [] != $0.value }.keys.sorted()
    guard !gone.isEmpty else { return .open }
    let named = gone.prefix(5).joined(separator: ", ") + (gone.count > 5 ? ", …" : "")
    return .closed("the monitors have not kept what was said of \(gone.count) placement groups: \(named)")
  }

  /// By the managers' word, who know of every placement group where its copies are.
  private func drained(_ ids: [Int], _ session: any HostSession) async throws -> GateState {
    let safe = Set(
      try await session.ask("osd safe-to-destroy", ["ids": .list(ids.map { "\($0)" })], as: SafeDump.self).safeToDestroy
    )
    let left = ids.filter { !safe.contains($0) }
    guard !left.isEmpty else { return .open }
    let status = try await ClusterStatus.observe(session)
    return .closed(
      "data still lies on \(left.map { "osd.\($0)" }.joined(separator: ", ")): \(status.pgSummary)",
      left: status.objectsToMove)
  }

  private func osdsDown(_ ids: [Int], _ session: any HostSession) async throws -> GateState {
    let up = try await ClusterState.osds(session).osds.filter { ids.contains($0.id) && $0.up }
    return up.isEmpty ? .open : .closed("still up: \(up.map { "osd.\($0.id)" }.joined(separator: ", "))")
  }

  private func healthy(_ session: any HostSession) async throws -> GateState {
    let pgs = try await clean(session)
    guard pgs == .open else { return pgs }
    let status = try await ClusterStatus.observe(session)
    guard status.health == "HEALTH_OK" else {
      return .closed("\(status.health): \(status.checks.joined(separator: "; "))")
    }
    return .open
  }
}

/// The upmaps of `osd dump`.
private struct UpmapDump: Decodable {
  struct Entry: Decodable {
    struct Pair: Decodable {
      var from: Int
      var to: Int
    }

    var pgid: String
    var mappings: [Pair]
  }

  var pgUpmapItems: [Entry]
}

/// `osd safe-to-destroy`.
private struct SafeDump: Decodable {
  var safeToDestroy: [Int]
}
