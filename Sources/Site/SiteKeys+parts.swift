/// Keys that several sections share, and values with a form of their own.
extension SiteKeys {
  /// What switches and hosts may fix by hand.
  static func overrides<Owner>(
    in path: @escaping @Sendable (inout Owner, (inout FabricOverrides) -> Void) -> Void
  ) -> [Key<Owner>] {
    [
      .scalar(
        "loopback", .ipv4, default: "derived from the address", example: "198.18.64.11", "Its IPv4 loopback address."
      ) { owner, address in path(&owner) { $0.loopbackIPv4 = address } },
      .scalar(
        "loopback6", .ipv6, default: "derived from the address", example: "fd00:6f73:6c32::11",
        "Its IPv6 loopback address."
      ) { owner, address in path(&owner) { $0.loopbackIPv6 = address } },
      .scalar("asn", .asn, default: "derived from the address", example: "4200000011", "Its AS number.") { owner, asn in
        path(&owner) { $0.asn = asn }
      },
      Key(
        name: "ports", type: "mapping of peers to interfaces", unit: "", fallback: "interfaces named after their peers",
        example: "{ a-l1: enp1s0f0 }", text: "The interface that leads to a peer, where it is not named after it.",
        isRequired: false
      ) { value, owner, decoding in
        for entry in decoding.entries(value) {
          guard let interface = decoding.scalar(entry, as: .interface) else { continue }
          path(&owner) { $0.ports[entry.name] = interface }
        }
      },
    ]
  }

  /// A list of paths, or of mappings where a path does not say enough.
  @Sendable static func disks(_ value: Value, _ host: inout Host, _ decoding: inout Decoding) {
    for item in decoding.items(value) {
      if case .mapping = item.node.content {
        var disk = Disk(path: "")
        decoding.decode(
          item.labelled("disk \(host.disks.count + 1) of host '\(host.name)'"), as: Self.disk, into: &disk)
        host.disks.append(disk)
      } else {
        host.disks.append(Disk(path: decoding.scalar(item, as: .diskPath) ?? ""))
      }
    }
  }
}

extension ScalarType<String> {
  static let reference = ScalarType("name", noun: "a name", remedy: { _ in "write the name of one" }, parse: { $0 })

  static let interface = ScalarType(
    "interface name", noun: "an interface name",
    remedy: { _ in "use 1 to \(Names.interfaceLimit) letters, digits, '-', '_' and '.'" },
    parse: { Names.isInterface($0) ? $0 : nil })
}
