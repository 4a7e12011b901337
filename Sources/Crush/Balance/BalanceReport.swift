/// How a cluster stands before and after a balancing.
public struct BalanceReport: Sendable, Codable, Equatable {
  /// How full the OSDs of a class are; of several roots each by itself: `hdd in cold`.
  public struct ClassUse: Sendable, Codable, Equatable {
    public var deviceClass: String
    public var osds: Int
    /// 0 to 1.
    public var min: Double
    public var mean: Double
    public var max: Double
    public var standardDeviation: Double
  }

  /// What a pool can still take before the first of its OSDs is full.
  public struct PoolRoom: Sendable, Codable, Equatable {
    public var pool: String
    /// Clients' bytes, if no other pool grows.
    public var bytes: Double
  }

  public struct StuckPool: Sendable, Codable, Equatable {
    public var pool: String
    public var reason: String
  }

  public struct State: Sendable, Codable, Equatable {
    public var classes: [ClassUse]
    public var pools: [PoolRoom]
  }

  public var before: State
  public var after: State
  public var movedShards: Int
  public var movedBytes: Double
  /// Groups of which something is to be said.
  public var changes: Int
  /// Groups that stay where they are: not whole, placed by `pg-upmap`, or under a rule that cannot be read or is broken.
  public var fixedGroups: Int
  /// Some of them.
  public var fixed: [FixedGroup]
  /// Pools of which no group can be moved.
  public var stuckPools: [StuckPool]
  /// Whether it was stopped before it had found all.
  public var isCutShort: Bool
}

extension Balancer {
  /// Use of each OSD of a class, 0 to 1.
  public func uses(of deviceClass: String) -> [Double] {
    capacity.indices.filter { capacity[$0] > 0 && (labels[$0] ?? "") == deviceClass }.map(use)
  }

  /// How the OSDs and pools stand now.
  public var state: BalanceReport.State {
    let classes = Set(capacity.indices.filter { capacity[$0] > 0 }.map { labels[$0] ?? "" }).sorted()
    return BalanceReport.State(
      classes: classes.map { deviceClass in
        let uses = uses(of: deviceClass)
        let mean = uses.reduce(0, +) / Double(uses.count)
        let variance = uses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(uses.count)
        return BalanceReport.ClassUse(
          deviceClass: deviceClass, osds: uses.count, min: uses.min() ?? 0, mean: mean, max: uses.max() ?? 0,
          standardDeviation: variance.squareRoot())
      },
      pools: pools.indices.map { BalanceReport.PoolRoom(pool: pools[$0].pool.name, bytes: room(of: $0)) })
  }

  private func room(of pool: Int) -> Double {
    let groups = Double(pools[pool].pool.groups) * Double(pools[pool].pool.dataShards)
    return capacity.indices.compactMap { osd in
      let shards = Double(held[slot(osd, pool)])
      guard shards > 0, capacity[osd] > 0 else { return nil }
      return max(0, map.fullRatio - use(osd)) * capacity[osd] * groups / shards
    }.min() ?? 0
  }
}
