/// How a cluster stands before and after a balancing.
public struct BalanceReport: Sendable, Codable, Equatable {
  /// How full the OSDs of a class are.
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
  /// Whether it was stopped before it had found all.
  public var isCutShort: Bool
}

extension Balancer {
  /// Use of each OSD of a class, 0 to 1.
  public func uses(of deviceClass: String) -> [Double] {
    capacity.indices.filter { capacity[$0] > 0 && (map.crush.classes[$0] ?? "") == deviceClass }.map(use)
  }

  /// How the OSDs and pools stand now.
  public var state: BalanceReport.State {
    let classes = Set(capacity.indices.filter { capacity[$0] > 0 }.map { map.crush.classes[$0] ?? "" }).sorted()
    return BalanceReport.State(
      classes: classes.map { deviceClass in
        let uses = uses(of: deviceClass)
        let mean = uses.reduce(0, +) / Double(uses.count)
        let variance = uses.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(uses.count)
        return BalanceReport.ClassUse(
          deviceClass: deviceClass, osds: uses.count, min: uses.min() ?? 0, mean: mean, max: uses.max() ?? 0,
          standardDeviation: variance.squareRoot())
      },
      pools: before.indices.map { BalanceReport.PoolRoom(pool: before[$0].pool.name, bytes: room(of: $0)) })
  }

  private func room(of pool: Int) -> Double {
    let groups = Double(before[pool].pool.groups) * Double(before[pool].pool.dataShards)
    return capacity.indices.compactMap { osd in
      let shards = Double(held[slot(osd, pool)])
      guard shards > 0, capacity[osd] > 0 else { return nil }
      return max(0, map.fullRatio - use(osd)) * capacity[osd] * groups / shards
    }.min() ?? 0
  }
}
