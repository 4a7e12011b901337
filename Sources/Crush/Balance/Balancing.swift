/// What is to be said of placement groups to balance a cluster, in rounds: the cluster carries one out before the next one
/// begins.
public struct Balancing: Sendable {
  public let rounds: [[Balancer.Change]]
  public let report: BalanceReport
  /// Class to the use of each of its OSDs, 0 to 1, before and after.
  public let uses: [String: (before: [Double], after: [Double])]

  /// - Parameters:
  ///   - limits: of each round
  ///   - most: how many rounds
  ///   - shouldStop: asked between moves; what has been found until then is the result
  public init(
    _ balancer: Balancer, _ goal: Balancer.Goal, limits: Balancer.Limits = Balancer.Limits(), most: Int = 1,
    shouldStop: () -> Bool = { false }
  ) {
    var balancer = balancer
    let before = balancer.state
    let former = Dictionary(
      uniqueKeysWithValues: before.classes.map { ($0.deviceClass, balancer.uses(of: $0.deviceClass)) })
    var rounds: [[Balancer.Change]] = []
    var (shards, bytes) = (0, 0.0)
    while rounds.count < most, !shouldStop() {
      balancer.run(goal, limits, shouldStop: shouldStop)
      let changes = balancer.changes
      guard !changes.isEmpty else { break }
      rounds.append(changes)
      (shards, bytes) = (shards + balancer.movedShards, bytes + balancer.movedBytes)
      balancer.beginRound()
    }
    self.rounds = rounds
    uses = former.reduce(into: [:]) { $0[$1.key] = ($1.value, balancer.uses(of: $1.key)) }
    report = BalanceReport(
      before: before, after: balancer.state, movedShards: shards, movedBytes: bytes,
      changes: Set(rounds.flatMap { $0.map(\.group) }).count, fixedGroups: balancer.isMovable.count { !$0 },
      fixed: balancer.fixedGroups,
      stuckPools: balancer.stuckPools.sorted { $0.key < $1.key }.map {
        BalanceReport.StuckPool(pool: balancer.map.pools[$0.key]?.name ?? "\($0.key)", reason: $0.value)
      },
      isCutShort: shouldStop())
  }
}
