import Design
import Site

/// What the site survives of one kind of loss: any one disk, host, switch or rack.
public struct Loss: Sendable, Hashable, Codable {
  public var domain: FailureDomain
  /// How many of them the site has.
  public var count: Int
  /// The single losses that break a guarantee.
  public var breaches: [Breach]

  /// A single loss, and the guarantees that it breaks.
  public struct Breach: Sendable, Hashable, Codable {
    public var component: Component
    public var broken: [Finding]
  }

  /// The single losses that break one guarantee.
  public func breaches(of guarantee: Guarantee) -> [Breach] {
    breaches.filter { $0.broken.contains { $0.guarantee == guarantee } }
  }
}

extension FailureSimulation {
  /// Every single loss of every kind that the site has.
  public static func singleLosses(of design: Design) -> [Loss] {
    let simulation = FailureSimulation(design)
    let classes = Symmetry(design, kinds: [.disk, .host, .leaf, .spine, .rack]).classes
    let kinds: [(FailureDomain, Set<FailureKind>)] = [
      (.disk, [.disk]), (.host, [.host]), (.switch, [.leaf, .spine]), (.rack, [.rack]),
    ]
    return kinds.compactMap { domain, kinds in
      let classes = classes.filter { kinds.contains($0.kind) }
      let breaches = classes.flatMap { failures -> [Loss.Breach] in
        let broken = simulation.findings(down: [failures.representative]).filter { !$0.holds }
        return broken.isEmpty ? [] : failures.members.map { Loss.Breach(component: $0.component, broken: broken) }
      }
      let count = classes.reduce(0) { $0 + $1.members.count }
      return count == 0 ? nil : Loss(domain: domain, count: count, breaches: breaches)
    }
  }
}
