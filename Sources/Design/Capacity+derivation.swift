import Site

extension Capacity {
  /// `nil` where any disk's size is not in the site file.
  init?(_ ceph: CephDesign, domain: FailureDomain) {
    let sizes = ceph.osds.compactMap(\.disk.size)
    guard sizes.count == ceph.osds.count else { return nil }
    let domains = FailureDomains(ceph.osds, domain)
    guard let largest = domains.largest else { return nil }
    let usable = domains.usable(ceph)
    self.init(
      raw: Bytes(sizes.reduce(0) { $0 + $1.count }), usable: usable, largestDomain: largest,
      usableWithoutLargest: domains.without(largest).usable(ceph))
  }

  /// Of the space, this much is used before Ceph warns: `mon_osd_nearfull_ratio`.
  public static let nearfull = 0.85
}

/// The OSDs by failure domain.
private struct FailureDomains {
  /// By name (`rack b`), in the order of the file.
  var names: [String] = []
  var osds: [String: [OSDDesign]] = [:]

  init(_ all: [OSDDesign], _ domain: FailureDomain) {
    for osd in all {
      let name = osd.domain(domain)
      if osds[name] == nil { names.append(name) }
      osds[name, default: []].append(osd)
    }
  }

  var largest: String? {
    names.reduce(nil) { best, name in
      guard let best else { return name }
      return size(name, nil) > size(best, nil) ? name : best
    }
  }

  func without(_ name: String) -> FailureDomains {
    var rest = self
    rest.names.removeAll { $0 == name }
    rest.osds[name] = nil
    return rest
  }

  private func size(_ name: String, _ deviceClass: DeviceClass?) -> Double {
    osds[name, default: []].reduce(0) { sum, osd in
      deviceClass == nil || osd.disk.deviceClass == deviceClass ? sum + Double(osd.disk.size?.count ?? 0) : sum
    }
  }

  /// User data that fits, all pools growing by their shares, before the disks of any device class are nearly full.
  ///
  /// Pools without a class count as a class of their own: where they share disks with pools of a class, the figure is
  /// an upper bound.
  func usable(_ ceph: CephDesign) -> Bytes {
    let rules = Dictionary(ceph.rules.map { ($0.name, $0) }) { first, _ in first }
    let total = ceph.pools.reduce(0) { $0 + $1.share }
    guard total > 0 else { return bytes(fitting(size: ceph.defaultSize, deviceClass: nil)) }
    var load: [DeviceClass?: Double] = [:]
    for pool in ceph.pools where pool.share > 0 {
      let deviceClass = rules[pool.rule]?.deviceClass
      load[deviceClass, default: 0] += pool.share / total / fitting(size: pool.size, deviceClass: deviceClass)
    }
    return bytes(1 / (load.values.max() ?? .infinity))
  }

  private func bytes(_ count: Double) -> Bytes { Bytes(UInt64(count * Capacity.nearfull)) }

  /// The largest amount that can be stored `size` times, each time in another domain: the largest `t` with
  /// Σ min(capacity, t) ≥ size × t. Where fewer domains are left, as many replicas as there are domains.
  private func fitting(size: Int, deviceClass: DeviceClass?) -> Double {
    var capacities = names.map { self.size($0, deviceClass) }.filter { $0 > 0 }.sorted(by: >)[...]
    var replicas = min(size, capacities.count)
    var sum = capacities.reduce(0, +)
    // A domain larger than the even part can only hold one replica of everything; the others share the rest.
    while replicas > 1, let first = capacities.first, first > sum / Double(replicas) {
      capacities = capacities.dropFirst()
      sum -= first
      replicas -= 1
    }
    return replicas > 0 ? sum / Double(replicas) : 0
  }
}

extension CephDesign {
  fileprivate var defaultSize: Int { config["global"]?["osd_pool_default_size"].flatMap { Int($0) } ?? 3 }
}

extension OSDDesign {
  /// The name of the domain that it fails with: `rack b`, `host a1`, `disk a1:/dev/vdb`.
  func domain(_ domain: FailureDomain) -> String {
    switch domain {
    case .rack: location.first { $0.type == "rack" }.map { "rack \($0.name)" } ?? "host \(host)"
    case .host, .switch: "host \(host)"
    case .disk, .none: "disk \(host):\(disk.path)"
    }
  }
}
