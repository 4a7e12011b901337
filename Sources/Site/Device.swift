/// A host or a switch, as far as the network is concerned.
public struct Device: Sendable, Hashable {
  public enum Kind: String, Sendable, Hashable, Codable {
    case spine, leaf, host
  }

  public var kind: Kind
  public var name: String
  /// `nil` for spines, and for hosts of a site without racks.
  public var rack: String?
  public var address: IPv4Address
  public var overrides: FabricOverrides

  /// Where it stands in the site file: `hosts/a1`.
  public var path: String {
    switch kind {
    case .spine: "network/spines/\(name)"
    case .leaf: "racks/\(rack ?? "")/leaves/\(name)"
    case .host: "hosts/\(name)"
    }
  }
}

extension Site {
  /// Spines, then leaves, then hosts; each in the order of the file.
  public var devices: [Device] {
    network.spines.map { Device(.spine, $0, rack: nil) }
      + racks.flatMap { rack in rack.leaves.map { Device(.leaf, $0, rack: rack.name) } }
      + hosts.map {
        Device(kind: .host, name: $0.name, rack: $0.rack, address: $0.address, overrides: $0.overrides)
      }
  }
}

extension Device {
  fileprivate init(_ kind: Kind, _ device: Switch, rack: String?) {
    self.init(kind: kind, name: device.name, rack: rack, address: device.address, overrides: device.overrides)
  }
}
