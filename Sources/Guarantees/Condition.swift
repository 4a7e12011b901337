import Design

/// What is down right now, as observed.
public struct Condition: Sendable {
  /// Components that are down, and that nobody can tell of.
  public var down: Set<Component>
  /// Where the copies lie; `nil`: there is no cluster, or nothing could be learnt of it.
  public var cluster: PlacedSimulation?
  /// The cluster's numbers of the design's OSDs.
  public var numbers: [Component: Int]

  public init(down: Set<Component>, cluster: PlacedSimulation? = nil, numbers: [Component: Int] = [:]) {
    self.down = down
    self.cluster = cluster
    self.numbers = numbers
  }
}

extension DisruptionBudget {
  /// Why a change must not be made now; `nil`: it may.
  ///
  /// Asks twice: by the design's structure, for the worst that may be; and by where the copies really lie, for those that
  /// are being made again count as missing, and what is down is not all that a cluster may lack.
  ///
  /// - Parameters:
  ///   - taking: what the change takes down
  ///   - running: what changes that run take down
  public func refusal(
    taking: Set<Component>, beside running: Set<Component>, in condition: Condition
  ) -> String? {
    let all = taking.union(running).union(condition.down)
    if let reason = refusal(down: all) { return reason }
    guard let cluster = condition.cluster else { return nil }
    let osds = Set(osds(in: taking.union(running)).compactMap { condition.numbers[$0] })
    guard !osds.isEmpty else { return nil }
    return cluster.findings(down: osds).first { !$0.holds && isPromised($0.guarantee) }?.why
  }
}
