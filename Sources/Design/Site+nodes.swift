import Site

extension Site {
  /// All hosts and switches, with their addresses, disks and kernel settings.
  var nodes: [Node] {
    let addressing = Addressing(self)
    let hosts = Dictionary(hosts.map { ($0.name, $0) }) { first, _ in first }
    // Of thousands of hosts nearly all are tuned alike.
    var tunings: [Tuning.Reason: Tuning] = [:]
    return devices.map { device in
      let host = device.kind == .host ? hosts[device.name] : nil
      let loopback = Loopback(
        ipv4: addressing.loopbackIPv4(of: device), ipv6: addressing.loopbackIPv6(of: device))
      let roles = host?.roles ?? []
      let disks = roles.contains(.storage) ? host?.disks ?? [] : []
      let reason = Tuning.Reason(kind: device.kind, inFabric: isRacked, roles: roles)
      let tuning = tunings[reason] ?? Tuning(reason)
      tunings[reason] = tuning
      return Node(
        name: device.name, kind: Node.Kind(device.kind), rack: device.rack, management: device.address,
        loopback: loopback, asn: isRacked ? addressing.asn(of: device) : nil,
        service: isRacked ? loopback.ipv4 : device.address, roles: roles,
        disks: disks.map { disk in
          DiskDesign(
            path: disk.path, deviceClass: disk.deviceClass, size: disk.size,
            uuid: NameUUID("\(name)/\(device.name)/\(disk.path)").description)
        },
        cores: host?.cores, memory: host?.memory, sysctls: tuning.sysctls, modules: tuning.modules)
    }
  }

  /// The fabric's cables with their interfaces: each named after the peer, unless `ports` says otherwise.
  var links: [Link] {
    let ports = Dictionary(devices.map { ($0.name, $0.overrides.ports) }) { first, _ in first }
    func end(_ node: String, towards peer: String) -> Link.End {
      Link.End(node: node, interface: ports[node]?[peer] ?? peer)
    }
    return cables.map {
      Link(a: end($0.upper, towards: $0.lower), b: end($0.lower, towards: $0.upper))
    }
  }
}

extension Node.Kind {
  init(_ kind: Device.Kind) {
    switch kind {
    case .spine: self = .spine
    case .leaf: self = .leaf
    case .host: self = .host
    }
  }
}
