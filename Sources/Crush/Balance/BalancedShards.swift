/// The groups of all pools of a balancing one after the other, and their shards in a row.
struct BalancedShards: Sendable {
  private(set) var poolOfGroup: [Int32] = []
  /// Of each group, and at the end how many there are.
  private(set) var firstShard = [0]
  private(set) var bytesOfGroup: [Double] = []
  private(set) var groupOfShard: [Int32] = []
  /// Shard to its OSD, and to that which CRUSH says.
  private(set) var place: [Int32] = []
  private(set) var raw: [Int32] = []
  /// Whether a group may be moved.
  private(set) var isMovable: [Bool] = []
  /// Pool to why its groups stay, and how many for each reason; some of them by name.
  private(set) var fixed: [Int64: [BalancedPool.Fixed: Int]] = [:]
  private(set) var examples: [FixedGroup] = []
  private static let mostExamples = 5

  /// - Parameter isUsable: OSD to whether a group may lie on it that is moved
  init(_ pools: [BalancedPool], _ map: OSDMap, _ isUsable: [Bool]) {
    for (number, pool) in pools.enumerated() {
      for seed in 0..<pool.pool.groups {
        add(pool, number, seed, pool.fixed(seed, map, isUsable))
      }
    }
  }

  private mutating func add(_ pool: BalancedPool, _ number: Int, _ seed: UInt32, _ reason: BalancedPool.Fixed?) {
    if let reason {
      fixed[pool.pool.id, default: [:]][reason, default: 0] += 1
      if reason != .outOfScope, examples.count < Self.mostExamples {
        examples.append(FixedGroup(group: PGID(pool: pool.pool.id, seed: seed), reason: "\(reason)"))
      }
    }
    isMovable.append(reason == nil)
    groupOfShard += repeatElement(Int32(poolOfGroup.count), count: pool.pool.size)
    poolOfGroup.append(Int32(number))
    bytesOfGroup.append(pool.bytes(ofShardOf: seed))
    place += pool.before[seed]
    raw += pool.raw[seed]
    firstShard.append(place.count)
  }

  /// Pools of which no group can be moved, by number, and why.
  func stuckPools(_ pools: [BalancedPool]) -> [Int64: String] {
    pools.reduce(into: [:]) { stuck, pool in
      let reasons = fixed[pool.pool.id] ?? [:]
      guard reasons.values.reduce(0, +) == Int(pool.pool.groups), reasons[.outOfScope] == nil,
        let most = reasons.max(by: { ($0.value, "\($1.key)") < ($1.value, "\($0.key)") })?.key
      else { return }
      stuck[pool.pool.id] =
        switch most {
        case .refused(let refusal):
          "the monitors take every pg-upmap-items of its placement groups back: \(refusal)"
        default: "of its placement groups, \(most)"
        }
    }
  }
}

/// A group that is not moved.
public struct FixedGroup: Sendable, Codable, Equatable {
  public var group: PGID
  public var reason: String
}
