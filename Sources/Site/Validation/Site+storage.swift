extension Site {
  var diskFaults: [SiteFault] {
    hosts.flatMap { host -> [SiteFault] in
      var register = Register<String>()
      var faults = host.disks.enumerated().compactMap { index, disk -> SiteFault? in
        let path = "hosts/\(host.name)/disks/\(index)"
        if register.claim(disk.path, by: host.name) != nil {
          return SiteFault(path, "disk \(disk.path) of host '\(host.name)' is listed twice", "remove one of them")
        }
        guard disk.size == nil, !disk.path.hasPrefix("/dev/") else { return nil }
        return SiteFault(
          path, "\(disk.path) is a file, and has no size", "add one, as in { path: \(disk.path), size: 10GiB }")
      }
      if !host.roles.contains(.storage), !host.disks.isEmpty {
        faults.append(
          SiteFault(
            "hosts/\(host.name)/disks", "host '\(host.name)' has disks for Ceph, but not the role 'storage'",
            "add the role, or remove the disks"))
      }
      return faults
    }
  }

  var poolFaults: [SiteFault] {
    let pools = storage.ceph?.pools ?? []
    var faults = pools.filter { !Names.isPool($0.name) }.map {
      SiteFault(
        "storage/ceph/pools/\($0.name)", "'\($0.name)' is no name for a pool",
        "use letters, digits, '.', '_' and '-', starting with a letter or digit")
    }
    faults += pools.filter { Names.isCephUser($0.name) }.map {
      SiteFault(
        "storage/ceph/pools/\($0.name)",
        "'\($0.name)' is the name of a Ceph user of its own, and a pool's user is named after it",
        "give the pool another name")
    }
    let total = pools.compactMap(\.share).reduce(0, +)
    if total > 100, let last = pools.last(where: { $0.share != nil }) {
      faults.append(
        SiteFault(
          "storage/ceph/pools/\(last.name)/share", "the shares of all pools add up to \(total.percent)",
          "lower them to 100% in all"))
    }
    return faults
  }

  /// Replicas that there is no place for, or too few of for what storage must survive.
  var replicaFaults: [SiteFault] {
    let pools = storage.ceph?.pools ?? []
    guard let first = pools.first else { return [] }
    let domain = survive.storage.map { min($0, endurance.storage) } ?? endurance.storage
    if storageHosts.isEmpty {
      return [
        SiteFault("storage/ceph/pools/\(first.name)", "there are pools, but no disks", "add 'disks' to the hosts")
      ]
    }
    return pools.compactMap { pool in
      let path = "storage/ceph/pools/\(pool.name)"
      let domains = failureDomains(domain, deviceClass: pool.deviceClass)
      let things = domain == .rack ? "racks" : domain == .host ? "hosts" : "disks"
      let disks = pool.deviceClass.map { "disks of class \($0)" } ?? "disks"
      let scope = things == "disks" ? disks : "\(things) with \(disks)"
      if let deviceClass = pool.deviceClass, domains == 0 {
        return SiteFault(
          "\(path)/class", "no disk has the class '\(deviceClass.rawValue)'",
          "add 'class: \(deviceClass.rawValue)' to disks")
      }
      if let replicas = pool.replicas, replicas > domains {
        return SiteFault(
          "\(path)/replicas", "\(replicas) replicas, but \(domains) \(scope) to put them on",
          "use at most \(domains), or add \(scope)")
      }
      if domain != .none, pool.replicas ?? domains < 2 {
        return SiteFault(
          pool.replicas == nil ? path : "\(path)/replicas",
          "pool '\(pool.name)' would have one copy only, and storage must survive the loss of any one \(domain.rawValue)",
          pool.replicas == nil ? "add \(scope)" : "use at least 2 replicas, or set survive.storage to none")
      }
      return nil
    }
  }

  /// How many failure domains have disks of that class; without one, of any.
  public func failureDomains(_ domain: FailureDomain, deviceClass: DeviceClass?) -> Int {
    let fitting = storageHosts.filter { host in
      deviceClass == nil || host.disks.contains { $0.deviceClass == deviceClass }
    }
    switch domain {
    case .rack: return Set(fitting.compactMap(\.rack)).count
    case .host, .switch: return fitting.count
    case .disk, .none:
      return fitting.reduce(0) { sum, host in
        sum + host.disks.count { deviceClass == nil || $0.deviceClass == deviceClass }
      }
    }
  }
}

extension Double {
  fileprivate var percent: String { self == rounded() ? "\(Int(self))%" : "\(self)%" }
}
