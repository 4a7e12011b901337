import Crush
import Foundation
import HostProtocol
import Hosts
import Plan

/// What places the data of a running cluster, and how full it is. Whoever built the cluster.
public struct ClusterMaps: Sendable {
  public var map: OSDMap
  public var use: ClusterUse
  /// Whether the managers' own balancer may be at work, which would undo what another one does; not known of dumps.
  public var isBalancedByManagers = false

  public init(_ map: OSDMap, _ use: ClusterUse) {
    self.map = map
    self.use = use
  }

  /// Asks a cluster through the agent of a host that has its configuration and the admin's keyring.
  ///
  /// - Throws: `HostError` where the host is gone, or the cluster does not answer; `CrushMapError`
  public init(asking session: any HostSession) async throws {
    let crush = try CrushMap(json: await session.dump("osd crush dump"))
    map = try OSDMap(json: await session.dump("osd dump"), crush: crush)
    use = try ClusterUse(
      map, pgDump: await session.dump("pg dump", ["dumpcontents": .list(["pgs", "osds"])]),
      osdDf: await session.dump("osd df"), areOfOneCluster: true)
    let config = try await session.ask("config dump", as: [Option].self)
    isBalancedByManagers = config.last { $0.name == Self.balancerOption }?.value != "false"
  }

  private struct Option: Decodable {
    var name: String
    var value: String
  }

  /// On by default.
  private static var balancerOption: String { "mgr/balancer/active" }

  /// Switches the managers' own balancer off, or leaves it to Ceph's default again.
  public static func balancing(byManagers isOn: Bool) -> MonCommand {
    isOn
      ? .make("config rm", ["who": "mgr", "name": .text(balancerOption)])
      : .make("config set", ["who": "mgr", "name": .text(balancerOption), "value": "false"])
  }
}

extension Balancer.Change {
  /// What says it to the monitors.
  public var command: MonCommand {
    guard !items.isEmpty else { return .make("osd rm-pg-upmap-items", ["pgid": .text("\(group)")]) }
    return .make(
      "osd pg-upmap-items",
      ["pgid": .text("\(group)"), "id": .numbers(items.flatMap { [Int($0.from), Int($0.to)] })])
  }
}
