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
    /// Shards that may come to one OSD or leave it.
    public var perOSD: Int

    public init(moves: Int = .max, bytes: Double = .infinity, perOSD: Int = .max) {
      self.moves = moves
      self.bytes = bytes
      self.perOSD = perOSD
    }
  }

  public let map: OSDMap
  let scope: BalanceScope
  /// What OSDs are told of under.
  let labels: [Int: String]
  let pools: [BalancedPool]
  let rules: [PlacementRule?]
  /// Pools of which no group can be moved, by number, and why.
  public let stuckPools: [Int64: String]
  /// Some of the groups that stay.
  public let fixedGroups: [FixedGroup]

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

  /// OSD to shards that have come to it or left it in this round.
  private(set) var movesOf: [Int]
  public private(set) var movedShards = 0
  public private(set) var movedBytes = 0.0

  var osdCount: Int { capacity.count }

  /// Where what is said of an OSD and a pool stands.
  @inline(__always)
  func slot(_ osd: Int, _ pool: Int) -> Int { osd * pools.count + pool }

  public init(_ map: OSDMap, _ use: ClusterUse, scope: BalanceScope = BalanceScope(), threads: Int = 1) {
    (self.map, self.scope, labels) = (map, scope, map.crush.labels)
    pools = BalancedPool.all(map, use, scope, threads: threads)
    rules = pools.map(\.rule)
    capacity = Self.capacity(map, use, scope)
    let shards = BalancedShards(pools, map, capacity.enumerated().map { $1 > 0 || scope.drained.contains(Int32($0)) })
    (stuckPools, fixedGroups, isMovable) = (shards.stuckPools(pools), shards.examples, shards.isMovable)
    (poolOfGroup, firstShard, bytesOfGroup) = (shards.poolOfGroup, shards.firstShard, shards.bytesOfGroup)
    (groupOfShard, place, home, rawPlace) = (shards.groupOfShard, shards.place, shards.place, shards.raw)
    let count = map.osds.count
    movesOf = Array(repeating: 0, count: count)
    held = Array(repeating: 0, count: pools.count * count)
    index = Array(repeating: 0, count: shards.place.count)
    shardsOf = Array(repeating: [], count: count)
    for (shard, osd) in shards.place.enumerated() where osd != CrushMapper.none && shardsOf.indices.contains(Int(osd)) {
      index[shard] = Int32(shardsOf[Int(osd)].count)
      shardsOf[Int(osd)].append(Int32(shard))
      held[Int(osd) * pools.count + Int(shards.poolOfGroup[Int(shards.groupOfShard[shard])])] += 1
    }
    used = Self.used(map, use, pools)
    let wanted = BalanceTargets(pools.map(\.pool), rules, use.shards)
    let fair = wanted.shares(capacity)
    share = (0..<count).flatMap { osd in fair.map { Int32($0[osd].rounded(.up)) } }
    let largest = wanted.means.max() ?? 0
    slack = capacity.map { max(0.005 * $0, largest) }
    target = wanted.bytes(capacity, besides: Self.besides(used, shards, rules))
  }

  /// OSD to the bytes that it may hold: its size, by how much of it is in; 0 for one that may take nothing.
  private static func capacity(_ map: OSDMap, _ use: ClusterUse, _ scope: BalanceScope) -> [Double] {
    map.osds.indices.map { osd in
      let state = map.osds[osd]
      guard state.exists, state.isUp, !scope.drained.contains(Int32(osd)),
        let size = use.osds.indices.contains(osd) ? use.osds[osd]?.size : nil
      else { return 0 }
      return size * Double(state.reweight) / 0x10000
    }
  }

  /// OSD to the bytes that it will hold when what is under way is done.
  private static func used(_ map: OSDMap, _ use: ClusterUse, _ pools: [BalancedPool]) -> [Double] {
    var used = map.osds.indices.map { use.osds.indices.contains($0) ? use.osds[$0]?.used ?? 0 : 0 }
    if let acting = use.acting { settle(&used, pools.map(\.before), acting, use.shards) }
    return used
  }

  /// OSD to what it holds beside the shards of pools that can be read.
  private static func besides(_ used: [Double], _ shards: BalancedShards, _ rules: [PlacementRule?]) -> [Double] {
    var besides = used
    for (shard, osd) in shards.place.enumerated() where besides.indices.contains(Int(osd)) {
      let group = Int(shards.groupOfShard[shard])
      if rules[Int(shards.poolOfGroup[group])] != nil { besides[Int(osd)] -= shards.bytesOfGroup[group] }
    }
    // Groups tell more than an OSD holds where they have changed since.
    return besides.map { max(0, $0) }
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

  /// Whether a round may move one more shard between two OSDs.
  func isWithin(_ limits: Limits, _ giver: Int, _ taker: Int) -> Bool {
    limits.perOSD == .max || (movesOf[giver] < limits.perOSD && movesOf[taker] < limits.perOSD)
  }

  func use(_ osd: Int) -> Double { used[osd] / capacity[osd] }

  func pool(of shard: Int) -> Int { Int(poolOfGroup[Int(groupOfShard[shard])]) }

  func bytes(of shard: Int) -> Double { bytesOfGroup[Int(groupOfShard[shard])] }

  /// Whether a shard may go there.
  func mayMove(_ shard: Int, to osd: Int32) -> Bool {
    let group = Int(groupOfShard[shard])
    guard isMovable[group], let rule = rules[Int(poolOfGroup[group])], scope.mayGive(place[shard]), scope.mayTake(osd)
    else { return false }
    let (first, end) = (firstShard[group], firstShard[group + 1])
    let isErasure = pools[Int(poolOfGroup[group])].pool.isErasure
    for other in first..<end {
      if place[other] == osd { return false }
      // To exchange two places takes a third one, which no pair can say.
      if isErasure, other != shard, rawPlace[other] == osd { return false }
    }
    if rule.isOneChoice {
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
    return rule.allows(row) && pools[Int(poolOfGroup[group])].monitors?.refusal(of: row) == nil
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
    movesOf[old] += 1
    movesOf[Int(osd)] += 1
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
    for osd in movesOf.indices { movesOf[osd] = 0 }
    (movedShards, movedBytes) = (0, 0)
  }
}
