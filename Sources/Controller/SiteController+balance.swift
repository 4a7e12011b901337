import Ceph
import Crush
import Plan

extension SiteController {
  /// Where the data of the site's cluster lies, and how full it is.
  ///
  /// - Throws: `ControllerError` where there is no cluster; `HostError` where no monitor's host answers; `CrushMapError`
  public func clusterMaps() async throws -> ClusterMaps {
    guard let ceph = design.ceph else { throw ControllerError("\(design.site) has no Ceph cluster") }
    return try await ClusterMaps(asking: sessions.first(of: ceph.mons))
  }

  /// What carrying out what differs will move of the data; `nil`: there is no pool yet, or nothing is to be changed of where
  /// data lies.
  ///
  /// - Parameter rate: bytes a second that an OSD takes in
  /// - Throws: as `clusterMaps`; `ControllerError` where no manager is active; `CrushMapError` where the cluster has not what
  ///   the design speaks of
  public func movement(_ observation: Observation, rate: Double) async throws -> MovementForecast? {
    guard case .answers(let state) = observation.cluster, !state.pools.isEmpty,
      let steps = cephSteps(observation.cluster)
    else { return nil }
    // A cluster's dumps are long: only where there is something to foretell.
    guard !steps.changesOfData(ClusterUse(osds: [], shards: [:])).isEmpty else { return nil }
    guard !state.mgrs.isEmpty else {
      throw ControllerError("no manager is active, and nobody else knows how full OSDs are")
    }
    let maps = try await clusterMaps()
    let (after, added) = try maps.map.after(steps.changesOfData(maps.use))
    return MovementForecast(
      from: maps.map, to: after, maps.use.adding(added),
      domain: design.nodes.contains { $0.rack != nil } ? "rack" : "host", rate: rate)
  }

  /// Pools that will have another number of placement groups; what that moves `movement` leaves out.
  public func resizedPools(_ observation: Observation) -> [String] {
    guard case .answers(let state) = observation.cluster, let ceph = design.ceph else { return [] }
    return ceph.pools.filter { pool in state.pools.contains { $0.name == pool.name && $0.pgs != pool.pgs } }
      .map(\.name)
  }

  /// The plan of a balancing: a step for each round, over when every placement group is active and clean.
  ///
  /// - Parameters:
  ///   - waitsUntilClean: whether a round is over only then; else when its entries stand
  ///   - stopsManagers: whether the managers' own balancer is switched off first: it would move things back
  ///   - unproven: what a balancing that did not come to its end has begun
  /// - Throws: `ControllerError` where another rollout did not come to its end; `UnsoundPlan`
  public func plan(
    _ rounds: [[Balancer.Change]], waitsUntilClean: Bool = true, stopsManagers: Bool, proving unproven: Unproven?
  ) throws -> Plan {
    try refuseBeside(unproven)
    var assembly = Assembly()
    var last = stopsManagers ? [switchManagers(&assembly, on: false, needs: [])] : []
    for (index, changes) in rounds.enumerated() {
      last = [round(&assembly, index + 1, changes, waitsUntilClean, needs: last)]
    }
    return try assembly.plan(site: design.site, proving: unproven)
  }

  /// A rollout that comes to its end ends the one before it as well: gates that it has not asked, and marks that it has not
  /// taken back, would be forgotten.
  private func refuseBeside(_ unproven: Unproven?) throws(ControllerError) {
    guard let unproven else { return }
    let begun = unproven.steps.keys.sorted() + unproven.done.sorted()
    guard let other = begun.first(where: { !$0.hasPrefix(Self.balancing) }) else { return }
    throw ControllerError(
      "a rollout was cut off after \(other) had begun: finish it first, by the command that began it; nothing was changed"
    )
  }

  private static let balancing = "balance/"

  /// The plan that takes a balancing back.
  ///
  /// - Parameters:
  ///   - startsManagers: whether the managers' own balancer is left to Ceph's default again, at the end
  ///   - unproven: what a balancing that did not come to its end has begun
  /// - Throws: as `plan`
  public func planUndo(
    _ changes: [Balancer.Change], startsManagers: Bool, proving unproven: Unproven?
  ) throws -> Plan {
    try refuseBeside(unproven)
    var assembly = Assembly()
    let needs = changes.isEmpty ? [] : [round(&assembly, 1, changes, true, needs: [])]
    if startsManagers { _ = switchManagers(&assembly, on: true, needs: needs) }
    return try assembly.plan(site: design.site, proving: unproven)
  }

  private func switchManagers(_ assembly: inout Assembly, on: Bool, needs: [String]) -> String {
    assembly.mon(
      "\(Self.balancing)managers",
      title: "the managers' own balancer is \(on ? "left to Ceph's default again" : "switched off")", phase: "balance",
      via: design.ceph?.mons ?? [], commands: [MonChange(ClusterMaps.balancing(byManagers: on))], needs: needs)
    return "\(Self.balancing)managers"
  }

  private static func pairs(_ changes: [Balancer.Change]) -> [String: [Int]] {
    Dictionary(changes.map { ("\($0.group)", $0.items.flatMap { [Int($0.from), Int($0.to)] }) }) { $1 }
  }

  private func round(
    _ assembly: inout Assembly, _ number: Int, _ changes: [Balancer.Change], _ waitsUntilClean: Bool,
    needs: [String]
  ) -> String {
    assembly.mon(
      "\(Self.balancing)\(number)",
      title: waitsUntilClean
        ? "\(changes.count) placement groups are placed anew, and every one is active+clean"
        : "\(changes.count) placement groups are placed anew",
      phase: "balance", via: design.ceph?.mons ?? [], commands: changes.map { MonChange($0.command) }, needs: needs,
      // The monitors take about a command a second.
      gate: .all(of: (waitsUntilClean ? [.clean] : []) + [.upmapped(entries: Self.pairs(changes))]),
      deadline: 600 + 5 * changes.count)
    return "\(Self.balancing)\(number)"
  }
}
