import Debian
import Foundation
import HostProtocol
import Hosts
import Plan

/// Gates of daemons that were restarted. What the monitors know of one is for a while what it was before.
extension CephGates {
  /// The others take a monitor for a member of the quorum until they miss it; its own process knows only what has been
  /// since it was started.
  func monRestarted(_ mon: String, _ wanted: [String]) async -> GateState {
    do {
      let command = CommandRequest(["ceph", "daemon", "mon.\(mon)", "mon_status"], timeout: 20)
      let result = try await sessions.watching(mon).run(command)
      guard result.status == 0 else { return .closed("mon.\(mon) does not answer yet") }
      let status = try JSONDecoder().decode(MonStatus.self, from: Data(result.output.utf8))
      let quorum = Set(status.monmap.mons.filter { status.quorum.contains($0.rank) }.map(\.name))
      guard quorum.contains(mon) else { return .closed("mon.\(mon) is \(status.state), not yet in quorum") }
      return inQuorum(wanted, of: quorum)
    } catch {
      return .closed("mon.\(mon): \(error)")
    }
  }

  /// Until its grace is over, the map holds a manager that has ended for one that stands by.
  func mgrRestarted(
    _ mgr: String, after former: UInt64, _ count: Int, _ session: any HostSession
  ) async throws -> GateState {
    guard let now = try await ClusterState.mgrs(session).first(where: { $0.name == mgr }), now.gid != former else {
      return .closed("mgr.\(mgr) has not come up again")
    }
    return try await mgrs(count, session)
  }

  /// Right after a restart the map still calls the OSD up, from before: it must have come up anew. Then the statistics
  /// still show its placement groups as they were: they count from the epoch on in which it came up.
  func osdRestarted(
    _ id: Int, after epoch: Int, _ release: String?, _ session: any HostSession
  ) async throws -> GateState {
    guard let osd = try await ClusterState.osds(session).osds.first(where: { $0.id == id }), osd.up, osd.upFrom > epoch
    else { return .closed("osd.\(id) has not come up again") }
    if let least = release.flatMap({ UpstreamVersion($0) }) {
      let metadata = try await session.ask("osd metadata", ["id": .number(id)], as: OSDMetadata.self)
      guard let found = metadata.version, found >= least else {
        return .closed("osd.\(id) runs \(metadata.cephVersionShort ?? "an unknown version"), not yet \(least)")
      }
    }
    let status = try await ClusterStatus.observe(session)
    let active = active(status)
    guard active == .open else { return active }
    let left = status.objectsToMove
    let own = try await session.ask("pg ls-by-osd", ["osd": .number(id)], as: GroupList.self).pgStats
    if let late = own.first(where: { $0.reportedEpoch < osd.upFrom }) {
      return .closed("placement group \(late.pgid) has not told how it is since osd.\(id) came up", left: left)
    }
    if let busy = own.first(where: { !$0.isSettled }) {
      return .closed("placement group \(busy.pgid) is \(busy.state)", left: left)
    }
    // Those that the OSD will hold, and whose statistics do not know it yet. Others lack a copy because of another one.
    let lacking = try await session.ask("pg ls", ["states": .list(["undersized"])], as: GroupList.self).pgStats
    for group in lacking where group.reportedEpoch < osd.upFrom {
      let map = try await session.ask("pg map", ["pgid": .text(group.pgid)], as: GroupMap.self)
      if map.up.contains(id) {
        return .closed("placement group \(group.pgid) has not told how it is since osd.\(id) came up", left: left)
      }
    }
    return .open
  }

  /// By the daemons' own word. With new monitors and old OSDs the cluster's health says that all OSDs run the new release.
  func runs(_ release: String, _ kinds: [String], _ session: any HostSession) async throws -> GateState {
    guard let least = UpstreamVersion(release) else { return .closed("\(release) is no version") }
    let state = try await ClusterState.observe(session)
    let expected = ["mon": state.mons.count, "mgr": state.mgrs.count, "osd": state.osds.count]
    for kind in kinds {
      let running = state.versions[kind] ?? [:]
      let older = running.filter { (UpstreamVersion(ofCeph: $0.key) ?? least) < least }
      guard older.isEmpty else {
        let words = older.sorted { $0.key < $1.key }.map { version, count in
          "\(count) of kind \(kind) \(count == 1 ? "runs" : "run") \(UpstreamVersion(ofCeph: version)?.description ?? version)"
        }
        return .closed("\(words.joined(separator: ", ")), not yet \(least)")
      }
      let known = running.values.reduce(0, +)
      // Those that are down say nothing.
      guard known >= expected[kind] ?? 0 else {
        return .closed("\(known) of \(expected[kind] ?? 0) daemons of kind \(kind) tell what they run")
      }
    }
    return .open
  }
}

/// A monitor's `mon_status`.
private struct MonStatus: Decodable {
  struct Map: Decodable { var mons: [Mon] }
  struct Mon: Decodable {
    var name: String
    var rank: Int
  }

  /// `leader`, `peon`, `electing`, `probing`, `synchronizing`.
  var state: String
  /// Ranks.
  var quorum: [Int]
  var monmap: Map
}

private struct OSDMetadata: Decodable {
  /// `18.2.7`; an OSD that has never been up has none.
  var cephVersionShort: String?

  var version: UpstreamVersion? { cephVersionShort.flatMap({ UpstreamVersion($0) }) }
}

/// `pg ls`, `pg ls-by-osd`.
private struct GroupList: Decodable {
  struct Group: Decodable {
    var pgid: String
    var state: String
    /// The map's epoch in which its primary last told of it.
    var reportedEpoch: Int

    private enum Key: String, CodingKey { case pgid, state, reportedEpoch }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Key.self)
      pgid = try container.decode(String.self, forKey: .pgid)
      state = try container.decode(String.self, forKey: .state)
      // A text before 17.2.
      reportedEpoch =
        try (try? container.decode(Int.self, forKey: .reportedEpoch))
        ?? Int(container.decode(String.self, forKey: .reportedEpoch)) ?? 0
    }

    /// Whether nothing of it is being copied, or about to be; that a copy lacks a place to be made is nothing under way.
    var isSettled: Bool {
      let states = Set(state.split(separator: "+").map(String.init))
      return states.contains("active") && states.isDisjoint(with: Self.unsettled)
        && (states.contains("clean") || states.contains("undersized"))
    }

    private static let unsettled: Set<String> = [
      "stale", "peering", "activating", "recovering", "recovery_wait", "backfilling", "backfill_wait",
    ]
  }

  var pgStats: [Group]

  private enum Key: String, CodingKey { case pgStats }

  /// Where there are none, the list itself is missing.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    pgStats = try container.decodeIfPresent([Group].self, forKey: .pgStats) ?? []
  }
}

/// `pg map`.
private struct GroupMap: Decodable {
  var up: [Int]
}
