extension Site {
  /// Loopbacks and AS numbers. Without racks there is no fabric, and nothing of this is used.
  func fabricFaults(_ devices: [Device]) -> [SiteFault] {
    guard isRacked else { return [] }
    let addressing = Addressing(self)
    var faults = prefixFaults(addressing)
    var ipv4 = Register<IPv4Address>()
    var ipv6 = Register<IPv6Address>()
    var asns = Register<UInt32>()
    for device in devices {
      let overrides = device.overrides
      let loopback = addressing.loopbackIPv4(of: device)
      let path = device.path
      if let earlier = ipv4.claim(loopback, by: device.name) {
        faults.append(
          SiteFault(
            overrides.loopbackIPv4 == nil ? path : "\(path)/loopback",
            "loopback \(loopback) of '\(device.name)' is also the loopback of '\(earlier)'",
            "give one of them another 'loopback', or widen network.loopbacks.ipv4"))
      } else if !addressing.loopbacksIPv4.contains(loopback) {
        faults.append(
          SiteFault(
            "\(path)/loopback", "\(loopback) is outside network.loopbacks.ipv4, \(addressing.loopbacksIPv4)",
            "choose an address inside it"))
      }
      let loopback6 = addressing.loopbackIPv6(of: device)
      // Derived IPv6 loopbacks are equal just where derived IPv4 loopbacks are: saying it once is enough.
      let earlier6 = ipv6.claim(loopback6, by: device.name)
      if let earlier6, overrides.loopbackIPv6 != nil || overrides.loopbackIPv4 != nil {
        faults.append(
          SiteFault(
            overrides.loopbackIPv6 == nil ? path : "\(path)/loopback6",
            "loopback \(loopback6) of '\(device.name)' is also the loopback of '\(earlier6)'",
            "give one of them another 'loopback6'"))
      } else if !addressing.loopbacksIPv6.contains(loopback6) {
        faults.append(
          SiteFault(
            "\(path)/loopback6", "\(loopback6) is outside network.loopbacks.ipv6, \(addressing.loopbacksIPv6)",
            "choose an address inside it"))
      }
      let asn = addressing.asn(of: device)
      if let earlier = asns.claim(asn, by: device.name) {
        faults.append(
          SiteFault(
            overrides.asn == nil ? path : "\(path)/asn",
            "AS number \(asn) of '\(device.name)' is also the AS number of '\(earlier)'",
            "give one of them another 'asn', or widen network.asns"))
      } else if !Self.isPrivate(asn...asn) {
        faults.append(
          SiteFault(
            overrides.asn == nil ? path : "\(path)/asn", "AS number \(asn) is not private", Self.privateRemedy))
      }
    }
    return faults
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
    if !Self.isPrivate(network.asns) {
      faults.append(
        SiteFault(
          "network/asns", "\(network.asns.lowerBound)-\(network.asns.upperBound) is not private", Self.privateRemedy))
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
          "\(addressing.loopbacksIPv4) has \(addressing.loopbacksIPv4.count) addresses for \(devices.count) hosts and switches",
          "use a shorter prefix"))
    }
    if addressing.asnCount < devices.count {
      faults.append(
        SiteFault(
          "network/asns", "there are \(addressing.asnCount) AS numbers for \(devices.count) hosts and switches",
          "use a wider range, as in 4200000000-4200009999"))
    }
    return faults
  }

  /// RFC 6996; the last number of the 16-bit range, 65535, is reserved by RFC 7300.
  private static func isPrivate(_ asns: ClosedRange<UInt32>) -> Bool {
    [64512...65534, 4_200_000_000...4_294_967_294].contains {
      $0.contains(asns.lowerBound) && $0.contains(asns.upperBound)
    }
  }

  private static let privateRemedy = "use numbers of 64512-65534 or 4200000000-4294967294 (RFC 6996)"
}
