import Ceph
import Crush
import Foundation
import Plan

extension SiteController {
  /// Where the data of the site's cluster lies, and how full it is.
  ///
  /// - Throws: `ControllerError` where there is no cluster; `HostError` where no monitor's host answers; `CrushMapError`
  public func clusterMaps() async throws -> ClusterMaps {
    guard let ceph = design.ceph else { throw ControllerError("\(design.site) has no Ceph cluster") }
    return try await ClusterMaps(asking: sessions.first(of: ceph.mons))
  }

  /// What carrying out what differs will move of the data; `nil`: nothing is to be changed of where it lies.
  ///
  /// - Parameter rate: bytes a second that an OSD takes in
  /// - Throws: as `clusterMaps`; `CrushMapError` where the cluster has not what the design speaks of
  public func movement(_ observation: Observation, rate: Double) async throws -> MovementForecast? {
    guard case .answers = observation.cluster, let steps = cephSteps(observation.cluster) else { return nil }
    // A cluster's dumps are long: only where there is something to foretell.
    guard !steps.changesOfData(ClusterUse(osds: [], shards: [:])).isEmpty else { return nil }
    let maps = try await clusterMaps()
    let (after, added) = try maps.map.after(steps.changesOfData(maps.use))
    return MovementForecast(
      from: maps.map, to: after, maps.use.adding(added),
      domain: design.nodes.contains { $0.rack != nil } ? "rack" : "host", rate: rate)
  }

  /// The plan of a balancing: a step for each round, over when every placement group is active and clean.
  ///
  /// - Parameter stopsManagers: whether the managers' own balancer is switched off first: it would move things back
  public func plan(_ rounds: [[Balancer.Change]], stopsManagers: Bool) -> Plan {
    var assembly = Assembly()
    var last = stopsManagers ? [switchManagers(&assembly, on: false, needs: [])] : []
    for (index, changes) in rounds.enumerated() { last = [round(&assembly, index + 1, changes, needs: last)] }
    return assembly.plan(site: design.site)
  }

  /// The plan that takes a balancing back.
  ///
  /// - Parameter startsManagers: whether the managers' own balancer is left to Ceph's default again, at the end
  public func planUndo(_ changes: [Balancer.Change], startsManagers: Bool) -> Plan {
    var assembly = Assembly()
    let needs = changes.isEmpty ? [] : [round(&assembly, 1, changes, needs: [])]
    if startsManagers { _ = switchManagers(&assembly, on: true, needs: needs) }
    return assembly.plan(site: design.site)
  }

  private func switchManagers(_ assembly: inout Assembly, on: Bool, needs: [String]) -> String {
    assembly.mon(
      "balance/managers",
      title: "the managers' own balancer is \(on ? "left to Ceph's default again" : "switched off")", phase: "balance",
      via: design.ceph?.mons ?? [], commands: [MonChange(ClusterMaps.balancing(byManagers: on))], needs: needs)
    return "balance/managers"
  }

  private func round(
    _ assembly: inout Assembly, _ number: Int, _ changes: [Balancer.Change], needs: [String]
  ) -> String {
    assembly.mon(
      "balance/\(number)", title: "\(changes.count) placement groups are placed anew, and every one is active+clean",
      phase: "balance", via: design.ceph?.mons ?? [], commands: changes.map { MonChange($0.command) }, needs: needs,
      // The monitors take about a command a second.
      gate: .clean, deadline: 600 + 5 * changes.count)
    return "balance/\(number)"
  }
}

/// What a balancing has changed, so that one can go back: kept with the site's state.
public struct BalanceRecord: Sendable, Codable, Equatable {
  public struct Entry: Sendable, Codable, Equatable {
    public var group: PGID
    public var before: [OSDMap.Replacement]
    /// What each round said.
    public var after: [[OSDMap.Replacement]]
  }

  public var entries: [Entry]
  /// Whether the managers' balancer was switched off, by this balancing or one before it.
  public var stoppedManagers: Bool
  /// Whether it has come to its end.
  public var isWhole = false

  /// - Parameter former: what was recorded last; where that balancing was cut off, this one goes on with it
  public init(_ rounds: [[Balancer.Change]], of map: OSDMap, stoppedManagers: Bool, former: BalanceRecord?) {
    let cutOff = former?.isWhole == false ? former?.entries ?? [] : []
    var entries = Dictionary(cutOff.map { ($0.group, $0) }) { first, _ in first }
    for change in rounds.joined() {
      let before = map.upmapItems[change.group] ?? []
      entries[change.group, default: Entry(group: change.group, before: before, after: [])].after.append(change.items)
    }
    self.entries = entries.values.sorted { $0.group < $1.group }
    self.stoppedManagers = stoppedManagers || former?.stoppedManagers == true
  }

  /// What goes back: nothing of groups of which something else has been said since, or that cannot go back any more, for a
  /// pool or an OSD is gone.
  public func undoing(_ map: OSDMap) -> [Balancer.Change] {
    entries.filter { entry in
      let now = map.upmapItems[entry.group] ?? []
      let isThere = entry.before.allSatisfy { map.osds.indices.contains(Int($0.to)) && map.osds[Int($0.to)].exists }
      return entry.after.contains(now) && now != entry.before && isThere && map.pools[entry.group.pool] != nil
    }.map { Balancer.Change(group: $0.group, items: $0.before) }
  }
}
