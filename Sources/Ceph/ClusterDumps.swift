import Crush
import Foundation
import Guarantees

/// What Ceph tells of a cluster as JSON, by the commands' names. Whoever built the cluster.
public struct ClusterDumps: Sendable {
  /// `ceph osd dump -f json`.
  public var osdDump: Data
  /// `ceph osd tree -f json`.
  public var osdTree: Data
  /// `ceph pg dump -f json`, or `pgs` alone.
  public var pgDump: Data
  /// `ceph osd crush dump -f json`.
  public var crushDump: Data
  /// `ceph mon dump -f json`; `nil`: monitors are no question.
  public var monDump: Data?

  public init(osdDump: Data, osdTree: Data, pgDump: Data, crushDump: Data, monDump: Data?) {
    self.osdDump = osdDump
    self.osdTree = osdTree
    self.pgDump = pgDump
    self.crushDump = crushDump
    self.monDump = monDump
  }

  /// Where every placement group's copies lie, and what goes down together.
  ///
  /// - Throws: `CrushMapError`
  public func cluster() throws(CrushMapError) -> PlacedCluster {
    let osds = try OSDMapDump.decode(osdDump, "ceph osd dump")
    let tree = try OSDTreeDump.decode(osdTree, "ceph osd tree")
    let groups = try PGDump(pgDump).groups
    if let silent = groups.first(where: \.state.isEmpty) {
      throw CrushMapError("this is no output of 'ceph pg dump -f json': placement group \(silent.id) has no 'state'")
    }
    let crush = try CrushDump.decode(crushDump, "ceph osd crush dump")
    let mons = try monDump.map { data throws(CrushMapError) in try MonMapDump.decode(data, "ceph mon dump") }
    let locations = tree.locations
    let classes = Dictionary(tree.nodes.map { ($0.id, $0.deviceClass) }) { first, _ in first }
    let rules = Dictionary(crush.rules.map { ($0.ruleId, $0.rule) }) { first, _ in first }
    let hosts = Dictionary(
      osds.osds.compactMap { osd in
        osd.publicAddr.host.flatMap { host in (locations[osd.osd]?["host"]).map { (host, $0) } }
      }
    ) { first, _ in first }
    return PlacedCluster(
      name: "cluster \(osds.fsid)",
      osds: osds.osds.map { osd in
        PlacedCluster.OSD(
          id: osd.osd, isUp: osd.up == 1, deviceClass: classes[osd.osd] ?? nil, location: locations[osd.osd] ?? [:])
      },
      pools: osds.pools.map { pool in
        PlacedCluster.Pool(
          id: pool.pool, name: pool.poolName, size: pool.size, minSize: pool.minSize,
          needed: osds.erasureCodeProfiles[pool.erasureCodeProfile ?? ""]?["k"].flatMap { Int($0) } ?? 1,
          rule: rules[pool.crushRule] ?? nil)
      },
      groups: groups.map { group in
        PlacedCluster.PlacementGroup(
          id: "\(group.id)", pool: Int(group.id.pool),
          acting: group.acting.filter { $0 != CrushMapper.none }.map(Int.init), isWhole: !group.lacksObjects,
          isActive: group.isActive)
      },
      mons: Dictionary(
        (mons?.mons ?? []).map { mon in
          (mon.name, mon.host.flatMap { hosts[$0] } ?? (tree.hosts.contains(mon.name) ? mon.name : nil))
        }
      ) { first, _ in first },
      silentMons: Set((mons?.mons ?? []).filter { mons?.quorum?.contains($0.rank) == false }.map(\.name)))
  }
}

private struct OSDMapDump: CephDump {
  struct OSD: Decodable {
    var osd: Int
    var up: Int
    var publicAddr: Address
  }

  struct Pool: Decodable {
    var pool: Int
    var poolName: String
    var size: Int
    var minSize: Int
    var crushRule: Int
    var erasureCodeProfile: String?
  }

  var fsid: String
  var osds: [OSD]
  var pools: [Pool]
  var erasureCodeProfiles: [String: [String: String]]
}

/// `198.18.0.11:6801/1234`.
private struct Address: Decodable {
  var host: String?

  init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    host = text.lastIndex(of: ":").map { String(text[..<$0]) }
  }
}

private struct OSDTreeDump: CephDump {
  struct Node: Decodable {
    var id: Int
    var name: String
    var type: String
    var deviceClass: String?
    var children: [Int]?
  }

  var nodes: [Node]

  var hosts: Set<String> { Set(nodes.filter { $0.type == "host" }.map(\.name)) }

  /// OSD to the buckets that it is in, type to name.
  var locations: [Int: [String: String]] {
    let byID = Dictionary(nodes.map { ($0.id, $0) }) { first, _ in first }
    let parents = Dictionary(nodes.flatMap { node in (node.children ?? []).map { ($0, node.id) } }) { first, _ in first
    }
    var locations: [Int: [String: String]] = [:]
    for node in nodes where node.id >= 0 {
      var place: [String: String] = [:]
      var above = parents[node.id]
      // A tree has no more levels than nodes; a circle in a broken dump ends.
      for _ in nodes {
        guard let bucket = above.flatMap({ byID[$0] }) else { break }
        place[bucket.type] = bucket.name
        above = parents[bucket.id]
      }
      locations[node.id] = place
    }
    return locations
  }
}

extension PGDump.Group {
  private var states: [Substring] { state.split(separator: "+") }

  /// One that nobody has told of for a while is `stale`.
  fileprivate var isActive: Bool { states.contains("active") && !states.contains("stale") }

  /// Whether some copies lack objects that others have: `active+recovering+degraded`.
  fileprivate var lacksObjects: Bool { states.contains("degraded") }
}

private struct CrushDump: CephDump {
  struct Rule: Decodable {
    struct Step: Decodable {
      var op: String
      var itemName: String?
      var type: String?
    }

    var ruleId: Int
    var ruleName: String
    var steps: [Step]

    /// `nil` where it is no plain rule: several takes, or none.
    var rule: PlacedCluster.Rule? {
      let takes = steps.filter { $0.op == "take" }
      guard takes.count == 1, let taken = takes[0].itemName,
        let choice = steps.first(where: { $0.op.hasPrefix("choose") })
      else { return nil }
      let parts = taken.split(separator: "~", maxSplits: 1).map(String.init)
      return PlacedCluster.Rule(
        name: ruleName, failureDomain: choice.type ?? "osd", root: parts[0],
        deviceClass: parts.count > 1 ? parts[1] : nil)
    }
  }

  var rules: [Rule]
}

private struct MonMapDump: CephDump {
  struct Mon: Decodable {
    struct Vector: Decodable {
      struct Part: Decodable { var addr: Address }

      var addrvec: [Part]
    }

    var name: String
    var rank: Int
    var publicAddrs: Vector?

    var host: String? { publicAddrs?.addrvec.first?.addr.host }
  }

  var mons: [Mon]
  /// Ranks of those in the quorum.
  var quorum: [Int]?
}
