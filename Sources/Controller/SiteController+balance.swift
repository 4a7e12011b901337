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
    let maps = try await clusterMaps()
    let changes = steps.changesOfData(maps.use)
    guard !changes.isEmpty else { return nil }
    let (after, added) = try maps.map.after(changes)
    return MovementForecast(
      from: maps.map, to: after, maps.use.adding(added),
      domain: design.nodes.contains { $0.rack != nil } ? "rack" : "host", rate: rate)
  }

  /// The plan of a balancing: a step for each round, over when every placement group is active and clean.
  ///
  /// - Parameter managers: what is to become of the managers' own balancer before the first round; `nil`: it stays as it is
  public func plan(_ rounds: [[Balancer.Change]], byManagers managers: Bool?) -> Plan {
    let mons = design.ceph?.mons ?? []
    var assembly = Assembly()
    for (index, changes) in rounds.enumerated() {
      let first = index == 0 ? managers.map { [MonChange(ClusterMaps.balancing(byManagers: $0))] } ?? [] : []
      assembly.mon(
        "balance/\(index + 1)",
        title: "\(changes.count) placement groups are placed anew, and every one is active+clean", phase: "balance",
        via: mons, commands: first + changes.map { MonChange($0.command) },
        needs: index == 0 ? [] : ["balance/\(index)"], gate: .clean)
    }
    return assembly.plan(site: design.site)
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
  /// Whether the managers' balancer was switched off.
  public var stoppedManagers: Bool

  /// - Parameter former: the record of a balancing that was cut off, and goes on with this one
  public init(_ rounds: [[Balancer.Change]], of map: OSDMap, stoppedManagers: Bool, former: BalanceRecord?) {
    var entries = Dictionary((former?.entries ?? []).map { ($0.group, $0) }) { first, _ in first }
    for change in rounds.joined() {
      let before = map.upmapItems[change.group] ?? []
      entries[change.group, default: Entry(group: change.group, before: before, after: [])].after.append(change.items)
    }
    self.entries = entries.values.sorted { $0.group < $1.group }
    self.stoppedManagers = stoppedManagers || former?.stoppedManagers == true
  }

  /// What goes back. Of groups of which something else has been said since, nothing.
  public func undoing(_ map: OSDMap) -> [Balancer.Change] {
    entries.filter { entry in
      let now = map.upmapItems[entry.group] ?? []
      return entry.after.contains(now) && now != entry.before
    }.map { Balancer.Change(group: $0.group, items: $0.before) }
  }
}
