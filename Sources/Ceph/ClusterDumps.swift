import Crush
import Foundation
import Guarantees

/// What Ceph tells of a cluster, by the commands' names. Whoever built the cluster.
public struct ClusterDumps: Sendable {
  public var map: OSDMap
  /// `ceph osd dump -f json`, for what a map does not tell: the cluster's id, and OSDs' addresses; `nil`: not known.
  public var osdDump: Data?
  /// `ceph osd tree -f json`, only to see that it is of the same cluster: the CRUSH map has the tree.
  public var osdTree: Data?
  /// `ceph pg dump -f json`, or `pgs` alone.
  public var pgDump: Data
  /// `ceph mon dump -f json`; `nil`: monitors are no question.
  public var monDump: Data?
  /// Whether one cluster has told all of them, one after the other: files may be of several.
  public var areOfOneCluster: Bool

  public init(
    map: OSDMap, osdDump: Data? = nil, osdTree: Data? = nil, pgDump: Data, monDump: Data? = nil,
    areOfOneCluster: Bool = false
  ) {
    self.map = map
    self.osdDump = osdDump
    self.osdTree = osdTree
    self.pgDump = pgDump
    self.monDump = monDump
    self.areOfOneCluster = areOfOneCluster
  }

  /// Where every placement group's copies lie, and what goes down together.
  ///
  /// - Throws: `CrushMapError`
  public func cluster() throws(CrushMapError) -> PlacedCluster {
    let placed = try PGDump(pgDump)
    guard placed.hasGroups else {
      throw CrushMapError("it tells of no single placement groups: give 'ceph pg dump -f json' besides")
    }
    if let silent = placed.groups.first(where: \.state.isEmpty) {
      throw CrushMapError("this is no output of 'ceph pg dump -f json': placement group \(silent.id) has no 'state'")
    }
    let known = try osdDump.map { data throws(CrushMapError) in try OSDAddresses.decode(data, "ceph osd dump") }
    let mons = try monDump.map { data throws(CrushMapError) in try MonMapDump.decode(data, "ceph mon dump") }
    let tree = ClusterTree(map)
    if !areOfOneCluster {
      try placed.checkIsOf(map)
      if let osdTree { try tree.check(osdTree) }
    }
    let hosts = Dictionary(
      (known?.osds ?? []).compactMap { osd in
        osd.publicAddr?.host.flatMap { host in (tree.locations[osd.osd]?["host"]).map { (host, $0) } }
      }
    ) { first, _ in first }
    return PlacedCluster(
      name: known.map { "cluster \($0.fsid)" } ?? "cluster",
      osds: map.osds.indices.filter { map.osds[$0].exists }.map { osd in
        PlacedCluster.OSD(
          id: osd, isUp: map.osds[osd].isUp, deviceClass: map.crush.classes[osd], location: tree.locations[osd] ?? [:])
      },
      pools: map.pools.values.sorted { $0.id < $1.id }.map { pool in
        PlacedCluster.Pool(
          id: Int(pool.id), name: pool.name, size: pool.size, minSize: pool.minSize, needed: pool.dataShards,
          rule: map.crush.rules[pool.rule].flatMap(tree.rule))
      },
      groups: placed.groups.map { group in
        PlacedCluster.PlacementGroup(
          id: "\(group.id)", pool: Int(group.id.pool),
          acting: group.acting.filter { $0 != CrushMapper.none }.map(Int.init), isWhole: !group.lacksObjects,
          isActive: group.isActive, state: group.state)
      }, buckets: tree.buckets, types: tree.types,
      mons: Dictionary(
        (mons?.mons ?? []).map { mon in
          (mon.name, mon.host.flatMap { hosts[$0] } ?? (tree.hosts.contains(mon.name) ? mon.name : nil))
        }
      ) { first, _ in first },
      silentMons: Set((mons?.mons ?? []).filter { mons?.quorum?.contains($0.rank) == false }.map(\.name)))
  }
}

/// Of `ceph osd dump` what an `OSDMap` has not.
private struct OSDAddresses: CephDump {
  struct OSD: Decodable {
    var osd: Int
    /// Old releases have it, new ones beside `public_addrs`.
    var publicAddr: Address?
  }

  var fsid: String
  var osds: [OSD]
}

/// `198.18.0.11:6801/1234`.
private struct Address: Decodable {
  var host: String?

  init(from decoder: any Decoder) throws {
    let text = try decoder.singleValueContainer().decode(String.self)
    host = text.lastIndex(of: ":").map { String(text[..<$0]) }
  }
}

extension PGDump.Group {
  private var states: [Substring] { state.split(separator: "+") }

  /// One that nobody has told of for a while is `stale`.
  fileprivate var isActive: Bool { states.contains("active") && !states.contains("stale") }

  /// Whether some copies lack objects that others have: `active+recovering+degraded`.
  fileprivate var lacksObjects: Bool { states.contains("degraded") }
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
