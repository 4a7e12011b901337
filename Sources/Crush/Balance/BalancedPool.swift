/// One pool in a balancing: where its groups lie, what CRUSH says of them, and what moves must obey.
struct BalancedPool: Sendable {
  let before: PlacementTable
  let raw: PlacementTable
  /// `nil` for a rule that cannot be read.
  let rule: PlacementRule?
  /// What the monitors demand beside, where they demand more than a rule of one choice.
  let monitors: MonitorRule?
  /// Of a shard of each group.
  private let bytes: [Double]
  private let isInScope: Bool

  var pool: OSDMap.Pool { before.pool }

  /// All of a map, by the pools' numbers.
  static func all(_ map: OSDMap, _ use: ClusterUse, _ scope: BalanceScope, threads: Int) -> [BalancedPool] {
    zip(map.tables(.upmapped, threads: threads), map.tables(.raw, threads: threads)).map { before, raw in
      let pool = before.pool
      let rule = map.crush.rules[pool.rule].flatMap { PlacementRule($0, map, size: pool.size) }
      return BalancedPool(
        before: before, raw: raw, rule: rule,
        monitors: rule?.isOneChoice == true ? nil : MonitorRule(map, rule: pool.rule, size: pool.size),
        bytes: use.shards[pool.id] ?? [], isInScope: scope.includes(pool.id))
    }
  }

  func bytes(ofShardOf seed: UInt32) -> Double { bytes.indices.contains(Int(seed)) ? bytes[Int(seed)] : 0 }

  /// Why a group stays where it is.
  enum Fixed: Hashable, CustomStringConvertible {
    case outOfScope, notWhole, placedWhole, onWhatTakesNothing, againstRule, unsayable
    case refused(MonitorRule.Refusal)

    var description: String {
      switch self {
      case .outOfScope: "it is out of scope"
      case .notWhole: "it is not whole"
      case .placedWhole: "pg-upmap or pg-upmap-primary says where it lies"
      case .onWhatTakesNothing: "it lies on an OSD that is down, out or without weight"
      case .againstRule: "it does not lie as its rule wants it, or its rule cannot be read"
      case .unsayable: "no pairs lead from what CRUSH says to where it lies"
      case .refused(let refusal): "the monitors would take an entry back: \(refusal)"
      }
    }
  }

  /// `nil` where a group may be moved.
  ///
  /// - Parameter isUsable: OSD to whether a group may lie on it that is moved
  func fixed(_ seed: UInt32, _ map: OSDMap, _ isUsable: [Bool]) -> Fixed? {
    guard isInScope else { return .outOfScope }
    let (row, rawRow) = (before[seed], raw[seed])
    if row.contains(CrushMapper.none) || rawRow.contains(CrushMapper.none) { return .notWhole }
    let group = PGID(pool: pool.id, seed: seed)
    if map.upmaps[group] != nil || map.upmapPrimaries[group] != nil { return .placedWhole }
    guard row.allSatisfy({ isUsable[Int($0)] }) else { return .onWhatTakesNothing }
    guard rule?.allows(row) == true else { return .againstRule }
    if let refusal = monitors?.refusal(of: row) { return .refused(refusal) }
    if pool.isErasure, UpmapPairs.from(rawRow, to: row, isErasure: true) == nil { return .unsayable }
    return nil
  }
}
