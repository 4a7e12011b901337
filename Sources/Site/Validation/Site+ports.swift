extension Site {
  func portFaults(_ devices: [Device]) -> [SiteFault] {
    var peers: [String: [String]] = [:]
    for cable in cables {
      peers[cable.upper, default: []].append(cable.lower)
      peers[cable.lower, default: []].append(cable.upper)
    }
    var faults: [SiteFault] = []
    var unfit: [String: String] = [:]
    for device in devices {
      let own = peers[device.name, default: []]
      faults += statedPortFaults(device, peers: own)
      for peer in own where device.overrides.ports[peer] == nil && !peer.isFitForInterface {
        unfit[peer] = unfit[peer] ?? device.name
      }
    }
    // Once for the name, not once for each device that would have an interface of that name.
    return faults
      + devices.compactMap { device in
        unfit[device.name].map { neighbour in
          SiteFault(
            device.path, "'\(device.name)' cannot name the interface that '\(neighbour)' has towards it",
            "use a name of at most \(Names.interfaceLimit) characters that is none of "
              + "\(Names.reservedInterfaces.sorted().joined(separator: ", ")), or add 'ports' to '\(neighbour)'")
        }
      }
  }

  private func statedPortFaults(_ device: Device, peers: [String]) -> [SiteFault] {
    guard !device.overrides.ports.isEmpty else { return [] }
    let known = Set(peers)
    var register = Register<String>()
    for peer in peers where device.overrides.ports[peer] == nil { _ = register.claim(peer, by: peer) }
    return device.overrides.ports.sorted { $0.key < $1.key }.compactMap { peer, interface in
      let path = "\(device.path)/ports/\(peer)"
      if !known.contains(peer) {
        return SiteFault(
          path, "no cable leads from '\(device.name)' to '\(peer)'", Suggestion.remedy(for: peer, among: peers))
      }
      if Names.reservedInterfaces.contains(interface) {
        return SiteFault(
          path, "interface '\(interface)' is not one of the fabric's", "name the port that the cable is in")
      }
      return register.claim(interface, by: peer).map {
        SiteFault(
          path, "interface '\(interface)' of '\(device.name)' leads to '\($0)' already",
          "give each peer a port of its own")
      }
    }
  }
}

extension String {
  fileprivate var isFitForInterface: Bool { Names.isInterface(self) && !Names.reservedInterfaces.contains(self) }
}
