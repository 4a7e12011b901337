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
  /// - Throws: `ClusterDumpError`
  public func cluster() throws(ClusterDumpError) -> PlacedCluster {
    let osds = try read("osd dump", osdDump, as: OSDMapDump.self)
    let tree = try read("osd tree", osdTree, as: OSDTreeDump.self)
    let groups = try read("pg dump", pgDump, as: PGDump.self)
    let crush = try read("osd crush dump", crushDump, as: CrushDump.self)
    let mons = try monDump.map { data throws(ClusterDumpError) in try read("mon dump", data, as: MonMapDump.self) }
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
      groups: groups.pgStats.map { group in
        PlacedCluster.PlacementGroup(
          id: group.pgid, pool: Int(group.pgid.prefix { $0 != "." }) ?? -1,
          acting: group.acting.filter { $0 != Self.none }, isWhole: !group.lacksObjects, isActive: group.isActive)
      },
      mons: Dictionary(
        (mons?.mons ?? []).map { mon in
          (mon.name, mon.host.flatMap { hosts[$0] } ?? (tree.hosts.contains(mon.name) ? mon.name : nil))
        }
      ) { first, _ in first },
      silentMons: Set((mons?.mons ?? []).filter { mons?.quorum?.contains($0.rank) == false }.map(\.name)))
  }

  /// CRUSH_ITEM_NONE: nobody holds that shard.
  private static let none = 0x7fff_ffff

  private func read<Value: Decodable>(
    _ command: String, _ data: Data, as type: Value.Type
  ) throws(ClusterDumpError) -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      return try decoder.decode(type, from: data)
    } catch {
      throw ClusterDumpError(command: command, detail: CephDumpProblem.words(error))
    }
  }
}

/// A dump that cannot be read.
public struct ClusterDumpError: Error, Sendable, CustomStringConvertible {
  /// `osd dump`.
  public var command: String
  public var detail: String

  public var description: String { "this is no output of 'ceph \(command) -f json': \(detail)" }
}

private struct OSDMapDump: Decodable {
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

private struct OSDTreeDump: Decodable {
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

private struct PGDump: Decodable {
  struct Group: Decodable {
    var pgid: String
    var state: String
    var acting: [Int]

    private var states: [Substring] { state.split(separator: "+") }

    /// One that nobody has told of for a while is `stale`.
    var isActive: Bool { states.contains("active") && !states.contains("stale") }

    /// Whether some copies lack objects that others have: `active+recovering+degraded`.
    var lacksObjects: Bool { states.contains("degraded") }
  }

  var pgStats: [Group]

  private enum Key: String, CodingKey { case pgMap, pgStats }

  /// Newer releases wrap the statistics, `pg dump pgs` does not, and old ones print the list alone.
  init(from decoder: any Decoder) throws {
    if let list = try? decoder.singleValueContainer().decode([Group].self) {
      pgStats = list
      return
    }
    let container = try decoder.container(keyedBy: Key.self)
    pgStats =
      try container.contains(.pgMap)
      ? container.nestedContainer(keyedBy: Key.self, forKey: .pgMap).decode([Group].self, forKey: .pgStats)
      : container.decode([Group].self, forKey: .pgStats)
  }
}

private struct CrushDump: Decodable {
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

private struct MonMapDump: Decodable {
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
