extension Site {
  func addressFaults(_ devices: [Device]) -> [SiteFault] {
    var register = Register<IPv4Address>()
    return devices.flatMap { device -> [SiteFault] in
      let path = "\(device.path)/address"
      if let reason = device.address.unusable {
        return [SiteFault(path, "\(device.address) is \(reason)", "give \(device.name) an address of its own")]
      }
      var faults: [SiteFault] = []
      if let earlier = register.claim(device.address, by: device.name) {
        faults.append(
          SiteFault(path, "\(device.address) is also the address of '\(earlier)'", "give each its own address"))
      }
      if let management = network.management { faults += fault(path, device.address, in: management) }
      return faults
    }
  }

  private func fault(_ path: String, _ address: IPv4Address, in management: IPv4Prefix) -> [SiteFault] {
    guard management.contains(address) else {
      return [
        SiteFault(
          path, "\(address) is outside network.management, \(management)",
          "choose an address inside it, or widen network.management")
      ]
    }
    guard management.length <= 30, [management.address, management.last].contains(address) else { return [] }
    return [
      SiteFault(
        path, "\(address) is the \(address == management.last ? "broadcast" : "network") address of \(management)",
        "choose one in between")
    ]
  }

  /// Where the management network is derived, it takes all addresses to know it.
  var managementFaults: [SiteFault] {
    guard network.management == nil else { return [] }
    let management = Addressing(self).management
    if management.length < 8 {
      return [
        SiteFault(
          "hosts", "the addresses of hosts and switches share no network",
          "state network.management, the prefix that all of them lie in")
      ]
    }
    return isRacked ? overlapFaults(of: management, at: "network/loopbacks/ipv4") : []
  }

  /// Both networks are routed on every node; where they overlap, one hides the other.
  func overlapFaults(of management: IPv4Prefix, at path: String) -> [SiteFault] {
    let loopbacks = Addressing(self).loopbacksIPv4
    guard management.overlaps(loopbacks) else { return [] }
    return [
      SiteFault(
        path, "the management network \(management) overlaps the loopbacks \(loopbacks)",
        "choose another prefix for network.loopbacks.ipv4")
    ]
  }
}

extension IPv4Address {
  /// Why no device can have this address; `nil` where one can.
  fileprivate var unusable: String? {
    switch bits >> 24 {
    case 0: "no address of a device (0.0.0.0/8)"
    case 127: "a loopback address of every host (127.0.0.0/8)"
    case 224...239: "a multicast address"
    case 240...255: "a reserved address"
    default: bits >> 16 == 0xA9FE ? "a link-local address (169.254.0.0/16)" : nil
    }
  }
}

extension IPv4Prefix {
  /// The broadcast address.
  fileprivate var last: IPv4Address { IPv4Address(bits: address.bits | ~Self.mask(length)) }
}
