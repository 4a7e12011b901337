import Design

/// What is down right now, as observed.
public struct Condition: Sendable {
  /// Components that are down, and that nobody can tell of.
  public var down: Set<Component>
  /// Where the copies lie; `nil`: there is no cluster, or nothing could be learnt of it.
  public var cluster: PlacedSimulation?
  /// The cluster's numbers of the design's OSDs.
  public var numbers: [Component: Int]
  /// Why nothing could be learnt of a cluster that is there.
  public var unknown: String?

  public init(
    down: Set<Component>, cluster: PlacedSimulation? = nil, numbers: [Component: Int] = [:], unknown: String? = nil
  ) {
    self.down = down
    self.cluster = cluster
    self.numbers = numbers
    self.unknown = unknown
  }

  /// The same without what these components explain: what is down because a change has taken it down.
  public func without(_ taken: Set<Component>) -> Condition {
    let nodes = Set(
      taken.flatMap { component -> [String] in
        switch component {
        case .node(let node), .routing(let node): [node]
        case .rack, .link, .osd, .mon, .mgr, .pool, .bucket: []
        }
      })
    var rest = self
    rest.down = down.filter { component in
      if taken.contains(component) { return false }
      switch component {
      case .link(let a, let b): return !nodes.contains(a) && !nodes.contains(b)
      case .osd(let host, _), .mon(let host), .mgr(let host): return !taken.contains(.node(host))
      case .routing(let node): return !taken.contains(.node(node))
      case .node, .rack, .pool, .bucket: return true
      }
    }
    return rest
  }
}

extension DisruptionBudget {
  /// Why a change must not be made now; `nil`: it may.
  ///
  /// Asks twice: by the design's structure, for the worst that may be; and by where the copies really lie, for those that
  /// are being made again count as missing, and what is down is not all that a cluster may lack. A promise that is broken
  /// already holds back only what would take more of the same away: what mends is not kept from it.
  ///
  /// - Parameters:
  ///   - taking: what the change takes down
  ///   - running: what changes that run take down
  public func refusal(
    taking: Set<Component>, beside running: Set<Component>, in condition: Condition
  ) -> String? {
    let base = running.union(condition.down)
    // What runs may be up already: only what is seen down besides is down for sure, and takes nothing more away.
    let added = added(taking, to: condition.without(running).down)
    if let unknown = condition.unknown, !added.osds.isEmpty || !added.control.isEmpty {
      return "nobody tells how the cluster is: \(unknown)"
    }
    if let reason = refusal(down: base.union(taking), whereAdded: added) { return reason }
    guard let cluster = condition.cluster, !added.osds.isEmpty else { return nil }
    return broken(of: osds(in: taking.union(running)), in: cluster, condition).first?.why
  }

  /// What a change alone breaks of a cluster that is whole, by where its copies lie: as a pool of one copy.
  public func downtime(of taking: Set<Component>, in condition: Condition) -> [Finding] {
    guard let cluster = condition.cluster, cluster.isWhole else { return [] }
    return broken(of: osds(in: taking), in: cluster, condition)
  }

  private func broken(
    of osds: Set<Component>, in cluster: PlacedSimulation, _ condition: Condition
  ) -> [Finding] {
    let numbers = Set(osds.compactMap { condition.numbers[$0] })
    return numbers.isEmpty ? [] : cluster.findings(down: numbers).filter { !$0.holds && isPromised($0.guarantee) }
  }
}
