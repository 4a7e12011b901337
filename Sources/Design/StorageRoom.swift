import Site

/// How much user data a site's disks hold, whichever of them are lost.
///
/// All pools grow by their shares until the disks of one device class are nearly full. Pools without a class count as a
/// class of their own: where they share disks with pools of a class, the figure is an upper bound.
public struct StorageRoom: Sendable {
  /// Names of the failure domains (`rack b`), in the order of the file.
  let domains: [String]
  /// For each OSD of the design the number of its domain, and its size in bytes.
  private let osds: [(domain: Int, deviceClass: DeviceClass?, size: Double)]
  private let demands: [Demand]

  /// What the pools of one device class ask for.
  private struct Demand {
    /// `nil`: of any class.
    var deviceClass: DeviceClass?
    var replicas: Int
    /// Of all data, 0 to 1.
    var share: Double
    /// In bytes, by domain.
    var capacities: [Double]
  }

  /// - Parameter domain: what storage must survive, and so what replicas are spread over
  /// - Returns: `nil` where any disk's size is not in the site file
  public init?(_ ceph: CephDesign, domain: FailureDomain) {
    var numbers: [String: Int] = [:]
    var names: [String] = []
    var osds: [(domain: Int, deviceClass: DeviceClass?, size: Double)] = []
    for osd in ceph.osds {
      guard let size = osd.disk.size else { return nil }
      let name = osd.domain(domain)
      let number = numbers[name] ?? names.count
      if number == names.count {
        numbers[name] = number
        names.append(name)
      }
      osds.append((number, osd.disk.deviceClass, Double(size.count)))
    }
    domains = names
    self.osds = osds
    let rules = Dictionary(ceph.rules.map { ($0.name, $0) }) { first, _ in first }
    let total = ceph.pools.reduce(0) { $0 + $1.share }
    var demands = ceph.pools.filter { $0.share > 0 }.map { pool in
      Demand(
        deviceClass: rules[pool.rule]?.deviceClass, replicas: pool.size, share: pool.share / total, capacities: [])
    }
    if demands.isEmpty {
      demands = [Demand(deviceClass: nil, replicas: ceph.standard.size, share: 1, capacities: [])]
    }
    self.demands = demands.map { demand in
      var demand = demand
      demand.capacities = Array(repeating: 0, count: names.count)
      for osd in osds where demand.deviceClass == nil || osd.deviceClass == demand.deviceClass {
        demand.capacities[osd.domain] += osd.size
      }
      return demand
    }
  }

  /// User data that fits below `nearfull`, every replica made.
  ///
  /// - Parameter lost: numbers of OSDs, by their order in the design
  public func usable(without lost: [Int] = []) -> Bytes {
    // What one more byte of data takes of each class, as a part of all that fits there.
    var load: [DeviceClass?: Double] = [:]
    for demand in demands {
      var capacities = demand.capacities
      for osd in lost.lazy.map({ osds[$0] })
      where demand.deviceClass == nil || osd.deviceClass == demand.deviceClass {
        capacities[osd.domain] -= osd.size
      }
      load[demand.deviceClass, default: 0] += demand.share / Self.fitting(capacities, replicas: demand.replicas)
    }
    return Bytes(UInt64(1 / (load.values.max() ?? .infinity) * Capacity.nearfull))
  }

  /// The domain whose loss takes most, and the OSDs in it.
  var largest: (name: String, osds: [Int])? {
    var sizes = Array(repeating: 0.0, count: domains.count)
    for osd in osds { sizes[osd.domain] += osd.size }
    guard let largest = sizes.indices.max(by: { (sizes[$0], $1) < (sizes[$1], $0) }) else { return nil }
    return (domains[largest], osds.indices.filter { osds[$0].domain == largest })
  }

  /// The largest amount that can be stored that many times, each time in another domain: the largest `t` with
  /// Σ min(capacity, t) ≥ replicas × t. Where fewer domains are left, as many replicas as there are domains.
  ///
  /// - Parameter capacities: of the domains
  public static func fitting(_ capacities: [Double], replicas: Int) -> Double {
    var sum = 0.0
    var largest = 0.0
    var count = 0
    for capacity in capacities where capacity > 0 {
      sum += capacity
      largest = max(largest, capacity)
      count += 1
    }
    var replicas = min(replicas, count)
    guard replicas > 0 else { return 0 }
    guard largest > sum / Double(replicas) else { return sum / Double(replicas) }
    // A domain larger than the even part can only hold one replica of everything; the others share the rest.
    var rest = capacities.sorted(by: >)[...]
    while replicas > 1, let first = rest.first, first > sum / Double(replicas) {
      rest = rest.dropFirst()
      sum -= first
      replicas -= 1
    }
    return sum / Double(replicas)
  }
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
