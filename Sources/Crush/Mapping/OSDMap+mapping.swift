/// Where a placement group lies.
public struct Placement: Sendable, Hashable {
  /// As CRUSH has it, with what is said of OSDs that no longer exist left out.
  public var raw: [Int32]
  /// Those that should hold it.
  public var up: [Int32]
  public var upPrimary: Int32
  /// Those that serve it.
  public var acting: [Int32]
  public var actingPrimary: Int32
}

/// Finds where the placement groups of one pool lie, as OSDs and clients do (Ceph: `OSDMap::_pg_to_up_acting_osds`).
public struct PoolMapper: Sendable {
  public let pool: OSDMap.Pool
  private let osdMap: OSDMap
  private let mapper: CrushMapper
  private let rule: CrushRule?
  private let reweights: [UInt32]
  private let hasAffinities: Bool
  private let lacksOSDs: Bool
  /// Whether CRUSH has the last word of every group.
  let isPlain: Bool

  /// - Parameter mapper: of the same map, and with the same weight sets as this pool has; `nil`: one of its own
  public init(_ map: OSDMap, _ pool: OSDMap.Pool, mapper: CrushMapper? = nil) {
    self.pool = pool
    osdMap = map
    self.mapper = mapper ?? CrushMapper(map.crush, chooseArgs: map.chooseArgs(of: pool.id))
    rule = map.crush.rules[pool.rule]
    reweights = map.osds.map(\.reweight)
    hasAffinities = map.osds.contains { $0.primaryAffinity != 0x10000 }
    lacksOSDs = map.crush.buckets.values.contains { bucket in
      bucket.items.contains { $0 >= 0 && !(map.osds.indices.contains($0) && map.osds[$0].exists) }
    }
    isPlain =
      !lacksOSDs && !hasAffinities && rule != nil && map.osds.allSatisfy(\.isUp) && map.upmaps.isEmpty
      && map.upmapItems.isEmpty && map.upmapPrimaries.isEmpty && map.pgTemp.isEmpty
  }

  public func workspace() -> CrushWorkspace { CrushWorkspace(for: mapper, size: pool.size) }

  /// What a group's number becomes for CRUSH.
  func input(of seed: UInt32) -> UInt32 {
    let placed = Self.stableModulo(seed, pool.placedGroups)
    let number = UInt32(truncatingIfNeeded: pool.id)
    return pool.hashesNumber ? CrushHash.hash(placed, number) : placed &+ number
  }

  /// A number below `count`, which stays the same for most when `count` grows (Ceph: `ceph_stable_mod`).
  private static func stableModulo(_ number: UInt32, _ count: UInt32) -> UInt32 {
    let mask = count <= 1 ? 0 : UInt32.max >> (count - 1).leadingZeroBitCount
    return number & mask < count ? number & mask : number & (mask >> 1)
  }

  /// CRUSH's own OSDs, before anything is said of single groups.
  public func raw(_ seed: UInt32, _ work: CrushWorkspace) -> [Int32] {
    map(seed, work)
    return lacksOSDs ? close(work.result) { exists($0) } : work.result
  }

  /// The workspace then has what CRUSH finds.
  @inline(__always)
  func map(_ seed: UInt32, _ work: CrushWorkspace) {
    guard let rule else { return work.begin() }
    reweights.withUnsafeBufferPointer {
      mapper.map(rule, x: input(of: seed), size: pool.size, reweights: $0, work)
    }
  }

  public func placement(_ seed: UInt32, _ work: CrushWorkspace) -> Placement {
    let raw = raw(seed, work)
    let (up, primary) = ordered(replaced(raw, PGID(pool: pool.id, seed: seed)), seed)
    let (temporary, temporaryPrimary) = temporary(PGID(pool: pool.id, seed: seed))
    return Placement(
      raw: raw, up: up, upPrimary: primary, acting: temporary.isEmpty ? up : temporary,
      actingPrimary: temporaryPrimary ?? (temporary.isEmpty ? primary : -1))
  }

  /// Those that a group would have if all were up.
  public func upmapped(_ seed: UInt32, _ work: CrushWorkspace) -> [Int32] {
    replaced(raw(seed, work), PGID(pool: pool.id, seed: seed))
  }

  /// What is said of a group takes the place of what CRUSH found.
  private func replaced(_ raw: [Int32], _ group: PGID) -> [Int32] {
    if osdMap.upmaps.isEmpty, osdMap.upmapItems.isEmpty, osdMap.upmapPrimaries.isEmpty { return raw }
    var osds = raw
    if let upmap = osdMap.upmaps[group] {
      if upmap.contains(where: isOut) { return raw }
      osds = upmap
    }
    for pair in osdMap.upmapItems[group] ?? [] where !osds.contains(pair.to) && !isOut(pair.to) {
      if let place = osds.firstIndex(of: pair.from) { osds[place] = pair.to }
    }
    if let primary = osdMap.upmapPrimaries[group], osdMap.osds.indices.contains(Int(primary)), !isOut(primary),
      let place = osds.dropFirst().firstIndex(of: primary)
    {
      osds.swapAt(0, place)
    }
    return osds
  }

  /// Those that are up, and the one that leads.
  private func ordered(_ osds: [Int32], _ seed: UInt32) -> (up: [Int32], primary: Int32) {
    var up = close(osds) { isUp($0) }
    guard var place = up.firstIndex(where: { $0 != CrushMapper.none }) else { return (up, -1) }
    if hasAffinities, let willing = willing(up, input(of: seed)) {
      place = willing
      if !pool.isErasure {
        up.insert(up.remove(at: place), at: 0)
        place = 0
      }
    }
    return (up, up[place])
  }

  /// The place of the first whose affinity lets it lead, or of the first at all; `nil`: all would.
  private func willing(_ up: [Int32], _ input: UInt32) -> Int? {
    let there = up.indices.filter { up[$0] != CrushMapper.none }
    guard there.contains(where: { affinity(up[$0]) != 0x10000 }) else { return nil }
    return there.first { index in
      let affinity = affinity(up[index])
      return affinity >= 0x10000 || CrushHash.hash(input, UInt32(bitPattern: up[index])) >> 16 < affinity
    } ?? there.first
  }

  private func temporary(_ group: PGID) -> (osds: [Int32], primary: Int32?) {
    let osds = osdMap.pgTemp[group].map { close($0) { isUp($0) } } ?? []
    return (osds, osdMap.primaryTemp[group] ?? osds.first { $0 != CrushMapper.none })
  }

  /// Without those that do not fit: replicas close up, shards leave a gap.
  private func close(_ osds: [Int32], _ fits: (Int32) -> Bool) -> [Int32] {
    pool.isErasure ? osds.map { fits($0) ? $0 : CrushMapper.none } : osds.filter(fits)
  }

  func exists(_ osd: Int32) -> Bool {
    osdMap.osds.indices.contains(Int(osd)) && osdMap.osds[Int(osd)].exists
  }

  private func isUp(_ osd: Int32) -> Bool { exists(osd) && osdMap.osds[Int(osd)].isUp }

  private func isOut(_ osd: Int32) -> Bool { osdMap.isOut(osd) }

  private func affinity(_ osd: Int32) -> UInt32 { osdMap.osds[Int(osd)].primaryAffinity }
}

extension OSDMap {
  /// Whether an OSD of the map is out: upmaps to it do nothing.
  func isOut(_ osd: Int32) -> Bool { osds.indices.contains(Int(osd)) && osds[Int(osd)].reweight == 0 }

  /// What takes the place of the buckets' weights for a pool.
  public func chooseArgs(of pool: Int64) -> [Int: CrushChooseArgs] {
    crush.chooseArgs[pool] ?? crush.chooseArgs[-1] ?? [:]
  }
}
