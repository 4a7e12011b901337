extension Site {
  /// Loopbacks and AS numbers. Without racks there is no fabric, and nothing of this is used.
  func fabricFaults(_ devices: [Device]) -> [SiteFault] {
    guard isRacked else { return [] }
    let addressing = Addressing(self)
    var check = FabricCheck(addressing, devices: devices.count)
    var addresses = Register<IPv4Address>()
    // Two devices with one address derive the same of everything; that they have one address says it all.
    for device in devices where addresses.claim(device.address, by: device.name) == nil { check.examine(device) }
    return prefixFaults(addressing) + check.faults
  }

  private func prefixFaults(_ addressing: Addressing) -> [SiteFault] {
    var faults: [SiteFault] = []
    if let management = network.management {
      faults += overlapFaults(
        of: management, at: network.loopbacks.ipv4 == nil ? "network/management" : "network/loopbacks/ipv4")
    }
    if addressing.loopbacksIPv6.length > 64 {
      faults.append(
        SiteFault(
          "network/loopbacks/ipv6", "\(addressing.loopbacksIPv6) is too small for loopbacks",
          "use a /64 or a shorter one"))
    }
    if !PrivateASN.contains(network.asns) {
      let range = "\(network.asns.lowerBound)-\(network.asns.upperBound)"
      faults.append(SiteFault("network/asns", "\(range) is not private", PrivateASN.remedy))
    }
    return faults
  }

  /// Pools that are too small for everything that must have a part of them.
  func poolSizeFaults(_ devices: [Device]) -> [SiteFault] {
    guard isRacked else { return [] }
    let addressing = Addressing(self)
    var faults: [SiteFault] = []
    if addressing.loopbacksIPv4.count < devices.count {
      faults.append(
        SiteFault(
          "network/loopbacks/ipv4",
          "\(addressing.loopbacksIPv4) has \(addressing.loopbacksIPv4.count) addresses for \(devices.count) hosts and "
            + "switches", "use a shorter prefix"))
    }
    if addressing.asnCount < devices.count {
      faults.append(
        SiteFault(
          "network/asns", "there are \(addressing.asnCount) AS numbers for \(devices.count) hosts and switches",
          "use a wider range, as in 4200000000-4200009999"))
    }
    return faults
  }
}

/// Examines one device after the other for what it shares with an earlier one.
private struct FabricCheck {
  private(set) var faults: [SiteFault] = []
  private let addressing: Addressing
  private let devices: Int
  private var ipv4 = Register<IPv4Address>()
  private var ipv6 = Register<IPv6Address>()
  private var asns = Register<UInt32>()

  init(_ addressing: Addressing, devices: Int) {
    self.addressing = addressing
    self.devices = devices
  }

  mutating func examine(_ device: Device) {
    examineIPv4(device)
    examineIPv6(device)
    examineASN(device)
  }

  private mutating func examineIPv4(_ device: Device) {
    let loopback = addressing.loopbackIPv4(of: device)
    let stated = device.overrides.loopbackIPv4 != nil
    if let earlier = ipv4.claim(loopback, by: device.name) {
      // Where the pool is too small for all, single collisions are no news.
      guard stated || addressing.loopbacksIPv4.count >= devices else { return }
      report(
        device, stated ? "loopback" : nil,
        "loopback \(loopback) of '\(device.name)' is also the loopback of '\(earlier)'",
        "give one of them another 'loopback', or widen network.loopbacks.ipv4")
    } else if !addressing.loopbacksIPv4.contains(loopback) {
      report(
        device, "loopback", "\(loopback) is outside network.loopbacks.ipv4, \(addressing.loopbacksIPv4)",
        "choose an address inside it")
    }
  }

  private mutating func examineIPv6(_ device: Device) {
    let loopback = addressing.loopbackIPv6(of: device)
    let overrides = device.overrides
    if let earlier = ipv6.claim(loopback, by: device.name) {
      // Derived IPv6 loopbacks are equal just where derived IPv4 loopbacks are: saying it once is enough.
      guard overrides.loopbackIPv6 != nil || overrides.loopbackIPv4 != nil else { return }
      report(
        device, overrides.loopbackIPv6 == nil ? nil : "loopback6",
        "loopback \(loopback) of '\(device.name)' is also the loopback of '\(earlier)'",
        "give one of them another 'loopback6'")
    } else if !addressing.loopbacksIPv6.contains(loopback) {
      report(
        device, "loopback6", "\(loopback) is outside network.loopbacks.ipv6, \(addressing.loopbacksIPv6)",
        "choose an address inside it")
    }
  }

  private mutating func examineASN(_ device: Device) {
    let asn = addressing.asn(of: device)
    let stated = device.overrides.asn != nil
    if let earlier = asns.claim(asn, by: device.name) {
      guard stated || addressing.asnCount >= devices else { return }
      report(
        device, stated ? "asn" : nil, "AS number \(asn) of '\(device.name)' is also the AS number of '\(earlier)'",
        "give one of them another 'asn', or widen network.asns")
    } else if stated, !PrivateASN.contains(asn...asn) {
      report(device, "asn", "AS number \(asn) is not private", PrivateASN.remedy)
    }
  }

  private mutating func report(_ device: Device, _ key: String?, _ what: String, _ remedy: String) {
    faults.append(SiteFault(key.map { "\(device.path)/\($0)" } ?? device.path, what, remedy))
  }
}

/// AS numbers for private use (RFC 6996). 65535 is not among them (RFC 7300).
private enum PrivateASN {
  static func contains(_ asns: ClosedRange<UInt32>) -> Bool {
    [64512...65534, 4_200_000_000...4_294_967_294].contains {
      $0.contains(asns.lowerBound) && $0.contains(asns.upperBound)
    }
  }

  static let remedy = "use numbers of 64512-65534 or 4200000000-4294967294 (RFC 6996)"
}
