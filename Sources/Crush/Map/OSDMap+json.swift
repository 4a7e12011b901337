import Foundation

extension OSDMap {
  /// Reads what `ceph osd dump -f json` and `osdmaptool --dump json` print, which lack the CRUSH map.
  ///
  /// - Throws: `CrushMapError`
  public init(json: Data, crush: CrushMap) throws(CrushMapError) {
    self = try OSDDump.decode(json, "ceph osd dump").map(crush)
  }
}

/// An OSD map as Ceph prints it; its keys are Ceph's.
private struct OSDDump: CephDump {
  struct Pool: Decodable {
    var pool: Int64
    var poolName: String
    var flags: UInt64
    var type: Int
    var size: Int
    var minSize: Int
    var crushRule: Int
    var pgNum: UInt32
    var pgPlacementNum: UInt32
    var erasureCodeProfile: String?
  }

  struct OSD: Decodable {
    var osd: Int
    var up: Int
    /// Decimals.
    var weight: Double
    var primaryAffinity: Double?
  }

  struct Group: Decodable {
    struct Pair: Decodable {
      var from: Int32
      var to: Int32
    }

    var pgid: String
    var osds: [Int32]?
    var primaryOsd: Int32?
    var mappings: [Pair]?
  }

  /// Groups and OSDs by turns, in one list.
  struct PrimaryTemp: Decodable {
    var byGroup: [PGID: Int32] = [:]

    init(from decoder: any Decoder) throws {
      var list = try decoder.unkeyedContainer()
      while !list.isAtEnd {
        guard let group = PGID(try list.decode(String.self)) else {
          throw DecodingError.dataCorruptedError(in: list, debugDescription: "no placement group")
        }
        byGroup[group] = try list.decode(Int32.self)
      }
    }
  }

  var maxOsd: Int
  /// `noout,norebalance`.
  var flags: String?
  var fullRatio: Double?
  var requireMinCompatClient: String?
  var backfillfullRatio: Double?
  var pools: [Pool]
  var osds: [OSD]
  var pgTemp: [Group]?
  var primaryTemp: PrimaryTemp?
  var pgUpmap: [Group]?
  var pgUpmapItems: [Group]?
  var pgUpmapPrimaries: [Group]?
  var erasureCodeProfiles: [String: [String: String]]?

  func map(_ crush: CrushMap) throws(CrushMapError) -> OSDMap {
    var map = OSDMap()
    map.crush = crush
    // 0: not set, as in old clusters.
    if let fullRatio, fullRatio > 0 { map.fullRatio = fullRatio }
    map.oldestClients = requireMinCompatClient
    if let backfillfullRatio, backfillfullRatio > 0 { map.backfillFullRatio = backfillfullRatio }
    map.flags = Set((flags ?? "").split(separator: ",").map(String.init))
    guard (0...CrushMap.mostDevices).contains(maxOsd) else { throw CrushMapError("max_osd is \(maxOsd)") }
    map.osds = Array(repeating: OSDMap.OSD(), count: maxOsd)
    for osd in osds {
      guard map.osds.indices.contains(osd.osd) else {
        throw CrushMapError("osd.\(osd.osd) is none of \(maxOsd) OSDs (max_osd)")
      }
      map.osds[osd.osd] = OSDMap.OSD(
        exists: true, isUp: osd.up == 1, reweight: Self.parts(osd.weight),
        primaryAffinity: Self.parts(osd.primaryAffinity ?? 1))
    }
    for pool in pools {
      let profile = erasureCodeProfiles?[pool.erasureCodeProfile ?? ""]
      map.pools[pool.pool] = OSDMap.Pool(
        id: pool.pool, name: pool.poolName, isErasure: pool.type == 3, size: pool.size, minSize: pool.minSize,
        rule: pool.crushRule, groups: pool.pgNum, placedGroups: pool.pgPlacementNum,
        hashesNumber: pool.flags & 1 == 1, dataShards: pool.type == 3 ? profile?["k"].flatMap { Int($0) } ?? 1 : 1)
    }
    map.pgTemp = try Self.byGroup(pgTemp) { $0.osds }
    map.primaryTemp = primaryTemp?.byGroup ?? [:]
    map.upmaps = try Self.byGroup(pgUpmap) { $0.osds }
    map.upmapItems = try Self.byGroup(pgUpmapItems) { group in
      group.mappings.map { $0.map { OSDMap.Replacement(from: $0.from, to: $0.to) } }
    }
    map.upmapPrimaries = try Self.byGroup(pgUpmapPrimaries) { $0.primaryOsd }
    try map.check()
    return map
  }

  /// In 1/65536.
  private static func parts(_ share: Double) -> UInt32 { UInt32(min(max(share, 0), 1) * 0x10000 + 0.5) }

  private static func byGroup<Value>(
    _ groups: [Group]?, _ value: (Group) -> Value?
  ) throws(CrushMapError) -> [PGID: Value] {
    var result: [PGID: Value] = [:]
    for group in groups ?? [] {
      guard let id = PGID(group.pgid), let value = value(group) else {
        throw CrushMapError("'\(group.pgid)' is no placement group, or lacks what is said of it")
      }
      result[id] = value
    }
    return result
  }
}

extension OSDMap {
  /// What a mapping relies on.
  ///
  /// - Throws: `CrushMapError` where a pool is beyond what Ceph has
  func check() throws(CrushMapError) {
    for pool in pools.values {
      guard (1...Self.mostShards).contains(pool.size), (1...Self.mostGroups).contains(pool.groups),
        (1...pool.groups).contains(pool.placedGroups), (1...pool.size).contains(pool.dataShards)
      else {
        throw CrushMapError(
          "pool \(pool.id) has a size of \(pool.size) (\(pool.dataShards) of data), \(pool.groups) placement groups "
            + "and \(pool.placedGroups) that are placed: that cannot be")
      }
    }
  }

  /// Far more than any pool has.
  static let mostShards = 255
  static let mostGroups: UInt32 = 1 << 24
}
