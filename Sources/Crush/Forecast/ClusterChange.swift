/// Something that could be done with a cluster, or happen to it.
public enum ClusterChange: Sendable, Hashable {
  /// All OSDs below a bucket, or one, are gone for good.
  case lose(String)
  /// New OSDs on a host, at a place in the tree; sizes in bytes.
  case add(host: [CrushMap.Place], osds: Int, size: Double, deviceClass: String?)
  /// `ceph osd crush reweight`: an OSD's weight, by custom its size in TiB.
  case weight(String, Double)
  /// `ceph osd reweight`: how much of an OSD is in, 0 to 1.
  case reweight(String, Double)
  /// A rule for replicas, each in another bucket of a type, below a root.
  case newRule(name: String, root: String, domain: String, deviceClass: String?)
  /// Another rule for a pool.
  case rule(pool: String, rule: String)
  /// Another number of replicas for a pool.
  case size(pool: String, size: Int)
  /// A bucket to another place in the tree.
  case move(String, to: [CrushMap.Place])
}

extension OSDMap {
  /// The map after changes, without the upmap entries that the monitors then take back.
  ///
  /// - Returns: the map, and new OSDs with their sizes in bytes
  /// - Throws: `CrushMapError` where there is nothing of a name
  public func after(_ changes: [ClusterChange]) throws(CrushMapError) -> (map: OSDMap, added: [Int: Double]) {
    var after = self
    var added: [Int: Double] = [:]
    var waiting: [ClusterChange] = []
    for change in changes {
      if case .add(let host, _, _, _) = change, after.crush.lacks(host) {
        // Shadow trees get their numbers before the next buckets do.
        try after.changeTree(waiting, &added)
        try after.changeTree([change], &added)
        waiting = []
      } else {
        waiting.append(change)
      }
    }
    try after.changeTree(waiting, &added)
    for change in changes { try after.changePools(change) }
    try after.check()
    return (after.withoutRefusedUpmaps(), added)
  }

  private mutating func changeTree(
    _ changes: [ClusterChange], _ added: inout [Int: Double]
  ) throws(CrushMapError) {
    guard !changes.isEmpty else { return }
    var crush = self.crush
    try crush.edit { crush throws(CrushMapError) in
      for change in changes {
        switch change {
        case .add(let host, let count, let size, let deviceClass):
          for _ in 0..<count {
            let osd = newOSD()
            added[osd] = size
            try crush.add(device: osd, weight: Self.weight(size / 0x1p40), deviceClass: deviceClass, path: host)
          }
        case .weight(let name, let weight):
          for osd in try crush.devices(named: name) { crush.setWeight(of: osd, Self.weight(weight)) }
        case .move(let name, let path): try crush.move(crush.known(name), to: path)
        case .lose(let name):
          for osd in try crush.devices(named: name) where osds.indices.contains(osd) {
            osds[osd].isUp = false
            osds[osd].reweight = 0
          }
        case .reweight(let name, let share):
          for osd in try crush.devices(named: name) where osds.indices.contains(osd) {
            osds[osd].reweight = UInt32(min(max(share, 0), 1) * 0x10000)
          }
        case .newRule, .rule, .size: break
        }
      }
    }
    self.crush = crush
  }

  private mutating func changePools(_ change: ClusterChange) throws(CrushMapError) {
    switch change {
    case .newRule(let name, let root, let domain, let deviceClass):
      try crush.addRule(name, root: root, domain: domain, deviceClass: deviceClass)
    case .rule(let pool, let rule):
      guard let known = crush.rules.values.first(where: { $0.name == rule }) else {
        let names = crush.rules.values.map(\.name).sorted().joined(separator: ", ")
        throw CrushMapError("there is no rule '\(rule)'; there are \(names)")
      }
      pools[try self.pool(named: pool)]?.rule = known.id
    case .size(let pool, let size): pools[try self.pool(named: pool)]?.size = size
    case .lose, .add, .weight, .reweight, .move: break
    }
  }

  private static func weight(_ weight: Double) -> UInt32 { UInt32(min(max(weight, 0), 65535) * 0x10000) }

  private mutating func newOSD() -> Int {
    let new = OSD(exists: true, isUp: true, reweight: 0x10000)
    guard let gap = osds.firstIndex(where: { !$0.exists }) else {
      osds.append(new)
      return osds.count - 1
    }
    osds[gap] = new
    return gap
  }

  private func pool(named name: String) throws(CrushMapError) -> Int64 {
    guard let pool = pools.values.first(where: { $0.name == name }) else {
      let names = pools.values.map(\.name).sorted().prefix(20).joined(separator: ", ")
      throw CrushMapError("there is no pool '\(name)'; there are \(names)")
    }
    return pool.id
  }
}

extension CrushMap {
  /// As `ceph osd crush rule create-replicated`.
  fileprivate mutating func addRule(
    _ name: String, root: String, domain: String, deviceClass: String?
  ) throws(CrushMapError) {
    let bucket = try known(root)
    guard let type = types.first(where: { $0.value == domain })?.key else {
      throw CrushMapError("there is no type '\(domain)'")
    }
    guard let taken = deviceClass.map({ shadows[bucket]?[$0] }) ?? bucket else {
      throw CrushMapError("no device of '\(root)' is of class '\(deviceClass ?? "")'")
    }
    var id = 0
    while rules[id] != nil { id += 1 }
    rules[id] = CrushRule(
      id: id, name: name, kind: 1,
      steps: [.take(taken), .choose(0, type: type, isIndependent: false, toLeaf: type != 0), .emit])
  }

  /// - Throws: `CrushMapError` where there is nothing of that name
  func known(_ name: String) throws(CrushMapError) -> Int {
    if let item = item(named: name) { return item }
    let shadowed = shadowed
    let known = buckets.values.filter { !shadowed.contains($0.id) }.sorted { ($1.type, $1.id) < ($0.type, $0.id) }
      .compactMap { names[$0.id] }
    let list = known.prefix(20).joined(separator: ", ") + (known.count > 20 ? ", …" : "")
    throw CrushMapError("there is no '\(name)' in the CRUSH map; it has \(list)")
  }

  /// The devices below a bucket, or one.
  ///
  /// - Throws: `CrushMapError` where there is nothing of that name
  public func osds(below name: String) throws(CrushMapError) -> [Int] { try devices(named: name) }

  func devices(named name: String) throws(CrushMapError) -> [Int] { devices(below: try known(name)) }
}
