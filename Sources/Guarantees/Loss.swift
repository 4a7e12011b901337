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
    let racks = design.nodes.reduce(into: [String]()) { racks, node in
      if let rack = node.rack, racks.last != rack, !racks.contains(rack) { racks.append(rack) }
    }
    let kinds: [(FailureDomain, [Component])] = [
      (.disk, (design.ceph?.osds ?? []).map { .osd(host: $0.host, disk: $0.disk.path) }),
      (.host, design.hosts.map { .node($0.name) }),
      (.switch, design.nodes.filter { $0.kind != .host }.map { .node($0.name) }),
      (.rack, racks.map { .rack($0) }),
    ]
    return kinds.filter { !$0.1.isEmpty }.map { domain, components in
      let breaches = components.compactMap { component -> Loss.Breach? in
        let broken = simulation.findings(down: [component]).filter { !$0.holds }
        return broken.isEmpty ? nil : Loss.Breach(component: component, broken: broken)
      }
      return Loss(domain: domain, count: components.count, breaches: breaches)
    }
  }
}
