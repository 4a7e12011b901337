/// Two devices that a cable of the fabric joins, by name.
public struct Cable: Sendable, Hashable {
  /// A spine, or a leaf that a host hangs on.
  public var upper: String
  /// A leaf, or a host.
  public var lower: String
}

extension Site {
  /// The fabric's cables: from every spine to every leaf, and from every leaf to every host of its rack.
  public var cables: [Cable] {
    let hostsOfRack = Dictionary(grouping: hosts, by: \.rack)
    let uplinks = network.spines.flatMap { spine in
      racks.flatMap { rack in rack.leaves.map { Cable(upper: spine.name, lower: $0.name) } }
    }
    let downlinks = racks.flatMap { rack in
      rack.leaves.flatMap { leaf in
        hostsOfRack[rack.name, default: []].map { Cable(upper: leaf.name, lower: $0.name) }
      }
    }
    return uplinks + downlinks
  }
}
