/// What is to be said of placement groups so that some OSDs hold nothing, in rounds: the cluster carries one out before the
/// next one begins.
public struct Draining: Sendable {
  public let rounds: [[Balancer.Change]]
  /// Shards that stay.
  public let stuck: [Balancer.Stuck]
  public let movedShards: Int
  public let movedBytes: Double
  public let isCutShort: Bool

  /// - Parameters:
  ///   - balancer: with the OSDs to be drained in its scope
  ///   - limits: of each round
  public init(
    _ balancer: Balancer, limits: Balancer.Limits = Balancer.Limits(), shouldStop: () -> Bool = { false }
  ) {
    var balancer = balancer
    var rounds: [[Balancer.Change]] = []
    var (stuck, shards, bytes): ([Balancer.Stuck], Int, Double) = ([], 0, 0)
    while !shouldStop() {
      stuck = balancer.drain(limits, shouldStop: shouldStop)
      let changes = balancer.changes
      guard !changes.isEmpty else { break }
      rounds.append(changes)
      (shards, bytes) = (shards + balancer.movedShards, bytes + balancer.movedBytes)
      balancer.beginRound()
    }
    (self.rounds, self.stuck, isCutShort) = (rounds, stuck, shouldStop())
    (movedShards, movedBytes) = (shards, bytes)
  }
}
