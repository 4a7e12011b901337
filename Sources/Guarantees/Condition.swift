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

  /// The same without what these components explain: what is down because a change has taken it down.
  public func without(_ taken: Set<Component>) -> Condition {
    let nodes = Set(
      taken.flatMap { component -> [String] in
        switch component {
        case .node(let node), .routing(let node): [node]
        case .rack, .link, .osd, .mon, .mgr: []
        }
      })
    var rest = self
    rest.down = down.filter { component in
      if taken.contains(component) { return false }
      switch component {
      case .link(let a, let b): return !nodes.contains(a) && !nodes.contains(b)
      case .osd(let host, _), .mon(let host), .mgr(let host): return !taken.contains(.node(host))
      case .routing(let node): return !taken.contains(.node(node))
      case .node, .rack: return true
      }
    }
    return rest
  }

  /// Whether a component is down, by itself or with its host.
  func isDown(_ component: Component) -> Bool {
    if down.contains(component) { return true }
    switch component {
    case .osd(let host, _), .mon(let host), .mgr(let host), .routing(let host): return down.contains(.node(host))
    case .node, .rack, .link: return false
    }
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
    // What is down already is not taken down: a daemon that failed is mended whatever else is down.
    let taking = taking.filter { !condition.isDown($0) }
    guard !taking.isEmpty else { return nil }
    let all = taking.union(running).union(condition.down)
    if let reason = refusal(down: all) { return reason }
    guard let cluster = condition.cluster else { return nil }
    let osds = Set(osds(in: taking.union(running)).compactMap { condition.numbers[$0] })
    guard !osds.isEmpty else { return nil }
    return cluster.findings(down: osds).first { !$0.holds && isPromised($0.guarantee) }?.why
  }
}
