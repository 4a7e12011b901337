/// Moves shards of placement groups between OSDs, each move one that the pool's rule allows and that `pg-upmap-items` can say,
/// until the OSDs are evenly full and every pool has its share of each.
///
/// All moves so far make a valid result at any time.
public struct Balancer: Sendable {
  /// What is to be better.
  public enum Goal: String, Sendable, CaseIterable {
    /// Room for every pool: no OSD holds more shards of a pool than its share; then that they are evenly full.
    case room
    /// That OSDs are evenly full, and no more, with least movement.
    case use
  }

  /// How far it may go.
  public struct Limits: Sendable {
    /// Shards that may be moved.
    public var moves: Int
    /// Bytes that may be moved.
    public var bytes: Double

    public init(moves: Int = .max, bytes: Double = .infinity) {
      self.moves = moves
      self.bytes = bytes
    }
  }

  public let map: OSDMap
  /// Where each pool's groups lay before, and what CRUSH says of them.
  public let before: [PlacementTable]
  let raw: [PlacementTable]
  let rules: [PlacementRule?]

  // Groups of all pools, one after the other; their shards lie in a row.
  let poolOfGroup: [Int32]
  let firstShard: [Int]
  let bytesOfGroup: [Double]
  let groupOfShard: [Int32]
  /// Where each shard was, and is.
  private(set) var home: [Int32]
  public private(set) var place: [Int32]
  let rawPlace: [Int32]
  /// Whether a group may be moved: it is whole, and lies as its rule says.
  let isMovable: [Bool]

  /// Bytes; capacity counts how much of an OSD is in, and is 0 for one that may take nothing.
  let capacity: [Double]
  private(set) var used: [Double]
  /// What each OSD should hold, in bytes.
  let target: [Double]
  /// How many bytes an OSD may have beyond that for the sake of the pools' shares: half a percent, or a shard of the pool
  /// with the largest ones.
  let slack: [Double]
  /// OSD and pool to shards: how many there are, and the most that there should be.
  private(set) var held: [Int32]
  let share: [Int32]
  /// OSD to its shards, and where each stands among them.
  private(set) var shardsOf: [[Int32]]
  private var index: [Int32]

  public private(set) var movedShards = 0
  public private(set) var movedBytes = 0.0

  var osdCount: Int { capacity.count }

  /// Where what is said of an OSD and a pool stands.
  @inline(__always)
  func slot(_ osd: Int, _ pool: Int) -> Int { osd * before.count + pool }

  public init(_ map: OSDMap, _ use: ClusterUse, threads: Int = 1) {
    self.map = map
    before = map.tables(.upmapped, threads: threads)
    raw = map.tables(.raw, threads: threads)
    let (count, pools) = (map.osds.count, before.count)
    let rules = before.map { table in
      map.crush.rules[table.pool.rule].flatMap { PlacementRule($0, map, size: table.pool.size) }
    }
    self.rules = rules
    var (poolOfGroup, firstShard, bytesOfGroup): ([Int32], [Int], [Double]) = ([], [0], [])
    var (groupOfShard, place, rawPlace): ([Int32], [Int32], [Int32]) = ([], [], [])
    var isMovable: [Bool] = []
    let capacity = (0..<count).map { osd in
      let state = map.osds[osd]
      guard state.exists, let size = use.osds.indices.contains(osd) ? use.osds[osd]?.size : nil else { return 0.0 }
      return size * Double(state.reweight) / 0x10000
    }
    let canTake = (0..<count).map { map.osds[$0].isUp && capacity[$0] > 0 }
    for (pool, table) in before.enumerated() {
      let bytes = use.shards[table.pool.id] ?? []
      for seed in 0..<table.pool.groups {
        let (row, rawRow) = (table[seed], raw[pool][seed])
        let isWhole = !row.contains(CrushMapper.none) && !rawRow.contains(CrushMapper.none)
        isMovable.append(
          isWhole && map.upmaps[PGID(pool: table.pool.id, seed: seed)] == nil
            && map.upmapPrimaries[PGID(pool: table.pool.id, seed: seed)] == nil && (rules[pool]?.allows(row) ?? false)
            && row.allSatisfy { canTake[Int($0)] }
            && (!table.pool.isErasure || Self.canSay(rawRow, row)))
        poolOfGroup.append(Int32(pool))
        bytesOfGroup.append(bytes.indices.contains(Int(seed)) ? bytes[Int(seed)] : 0)
        groupOfShard += repeatElement(Int32(poolOfGroup.count - 1), count: row.count)
        place += row
        rawPlace += rawRow
        firstShard.append(place.count)
      }
    }
    (self.poolOfGroup, self.firstShard, self.bytesOfGroup) = (poolOfGroup, firstShard, bytesOfGroup)
    (self.groupOfShard, self.place, self.rawPlace) = (groupOfShard, place, rawPlace)
    (home, self.isMovable, self.capacity) = (place, isMovable, canTake.indices.map { canTake[$0] ? capacity[$0] : 0 })
    var (held, index) = (
      Array(repeating: Int32(0), count: before.count * count), Array(repeating: Int32(0), count: place.count)
    )
    var shardsOf: [[Int32]] = Array(repeating: [], count: count)
    var used = (0..<count).map { use.osds.indices.contains($0) ? use.osds[$0]?.used ?? 0 : 0 }
    for (shard, osd) in place.enumerated() where osd != CrushMapper.none && shardsOf.indices.contains(Int(osd)) {
      index[shard] = Int32(shardsOf[Int(osd)].count)
      shardsOf[Int(osd)].append(Int32(shard))
      held[Int(osd) * pools + Int(poolOfGroup[Int(groupOfShard[shard])])] += 1
    }
    if let acting = use.acting { Self.settle(&used, before, acting, use.shards) }
    var besides = used
    for (shard, osd) in place.enumerated() where besides.indices.contains(Int(osd)) {
      let group = Int(groupOfShard[shard])
      if rules[Int(poolOfGroup[group])] != nil { besides[Int(osd)] -= bytesOfGroup[group] }
    }
    (self.held, self.shardsOf, self.index, self.used) = (held, shardsOf, index, used)
    let wanted = BalanceTargets(before.map(\.pool), rules, use.shards)
    let fair = wanted.shares(self.capacity)
    share = (0..<count).flatMap { osd in fair.map { Int32($0[osd].rounded(.up)) } }
    let largest = wanted.means.max() ?? 0
    slack = self.capacity.map { max(0.005 * $0, largest) }
    target = wanted.bytes(self.capacity, besides: besides)
  }

  /// What is under way is counted where it will be.
  private static func settle(
    _ used: inout [Double], _ tables: [PlacementTable], _ acting: [Int64: PlacementTable], _ shards: [Int64: [Double]]
  ) {
    for table in tables {
      guard let now = acting[table.pool.id], now.osds.count == table.osds.count, let bytes = shards[table.pool.id]
      else {
        continue
      }
      for (shard, (old, new)) in zip(now.osds, table.osds).enumerated() where old != new {
        let size = bytes[shard / table.pool.size]
        if used.indices.contains(Int(old)) { used[Int(old)] -= size }
        if used.indices.contains(Int(new)) { used[Int(new)] += size }
      }
    }
  }

  // MARK: Moves

  func use(_ osd: Int) -> Double { used[osd] / capacity[osd] }

  func pool(of shard: Int) -> Int { Int(poolOfGroup[Int(groupOfShard[shard])]) }

  func bytes(of shard: Int) -> Double { bytesOfGroup[Int(groupOfShard[shard])] }

  /// Whether a shard may go there.
  func mayMove(_ shard: Int, to osd: Int32) -> Bool {
    let group = Int(groupOfShard[shard])
    guard isMovable[group], let rule = rules[Int(poolOfGroup[group])] else { return false }
    let (first, end) = (firstShard[group], firstShard[group + 1])
    let isErasure = before[Int(poolOfGroup[group])].pool.isErasure
    for other in first..<end {
      if place[other] == osd { return false }
      // To exchange two places takes a third one, which no pair can say.
      if isErasure, other != shard, rawPlace[other] == osd { return false }
    }
    if rule.blocks.count == 1, rule.blocks[0].levels.count == 1 {
      let block = rule.blocks[0]
      guard block.isMember[Int(osd)], block.size >= end - first else { return false }
      let domain = block.levels[0].bucket[Int(osd)]
      for other in first..<end where other != shard && block.levels[0].bucket[Int(place[other])] == domain {
        return false
      }
      return true
    }
    var row = place[first..<end]
    row[shard] = osd
    return rule.allows(row)
  }

  mutating func move(_ shard: Int, to osd: Int32) {
    let (old, bytes, pool) = (Int(place[shard]), bytes(of: shard), pool(of: shard))
    if place[shard] == home[shard] {
      movedShards += 1
      movedBytes += bytes
    }
    if osd == home[shard] {
      movedShards -= 1
      movedBytes -= bytes
    }
    let last = shardsOf[old].removeLast()
    if Int(last) != shard {
      shardsOf[old][Int(index[shard])] = last
      index[Int(last)] = index[shard]
    }
    index[shard] = Int32(shardsOf[Int(osd)].count)
    shardsOf[Int(osd)].append(Int32(shard))
    used[old] -= bytes
    used[Int(osd)] += bytes
    held[slot(old, pool)] -= 1
    held[slot(Int(osd), pool)] += 1
    place[shard] = osd
  }

  /// What has been moved so far is taken for done: a next round begins.
  public mutating func beginRound() {
    home = place
    (movedShards, movedBytes) = (0, 0)
  }
}
