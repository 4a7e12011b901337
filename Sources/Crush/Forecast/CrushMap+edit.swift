extension CrushMap {
  /// A bucket on the way to a device: `rack`, `a`.
  public struct Place: Sendable, Hashable {
    public var type: String
    public var name: String

    public init(type: String, name: String) {
      self.type = type
      self.name = name
    }
  }

  /// Changes the tree as the monitors do: weights above what was changed follow, and so do the shadow trees of classes.
  ///
  /// - Throws: `CrushMapError` from the change
  public mutating func edit(_ change: (inout CrushMap) throws(CrushMapError) -> Void) throws(CrushMapError) {
    let numbers = shadows
    var order: [String] = []
    for device in classes.keys.sorted() {
      if let name = classes[device], !order.contains(name) { order.append(name) }
    }
    for id in shadows.values.flatMap(\.values) { buckets[id] = nil }
    // Their numbers stay theirs.
    try change(&self)
    shadows = [:]
    for name in Set(classes.values).sorted() where !order.contains(name) { order.append(name) }
    var settled: Set<Int> = []
    for id in buckets.keys.sorted() { settle(id, &settled, depth: 0) }
    try addShadows(numbers, order)
    try check()
  }

  /// Brings the weights of a bucket's buckets up to date.
  private mutating func settle(_ id: Int, _ settled: inout Set<Int>, depth: Int) {
    guard depth < 64, settled.insert(id).inserted, let items = buckets[id]?.items else { return }
    for (place, item) in items.enumerated() where item < 0 {
      settle(item, &settled, depth: depth + 1)
      guard let weight = buckets[item]?.weight, buckets[id]?.weights[place] != UInt32(clamping: weight) else {
        continue
      }
      buckets[id]?.weights[place] = UInt32(clamping: weight)
      buckets[id]?.straws = nil
    }
  }

  /// The bucket of a name, or the device.
  public func item(named name: String) -> Int? {
    names.first { $0.value == name && ($0.key >= 0 || buckets[$0.key] != nil) }?.key
  }

  /// All devices below a bucket; a device itself.
  public func devices(below item: Int) -> [Int] {
    var (found, waiting): (Set<Int>, [Int]) = ([], [item])
    while let next = waiting.popLast() {
      if next >= 0 { found.insert(next) } else { waiting += buckets[next]?.items ?? [] }
    }
    return found.sorted()
  }

  /// Device to the name of the bucket of a type that it is in.
  public func domains(of type: String) -> [Int: String] {
    guard let number = types.first(where: { $0.value == type })?.key else { return [:] }
    let shadowed = shadowed
    var domains: [Int: String] = [:]
    for (id, bucket) in buckets where bucket.type == number && !shadowed.contains(id) {
      for device in devices(below: id) { domains[device] = names[id] ?? "\(id)" }
    }
    return domains
  }

  // MARK: Within an edit

  /// Puts a device into the tree, into buckets that are there or come to be.
  ///
  /// - Parameters:
  ///   - weight: in 1/65536
  ///   - path: from the root on
  mutating func add(
    device: Int, weight: UInt32, deviceClass: String?, path: [Place]
  ) throws(CrushMapError) {
    maxDevices = max(maxDevices, device + 1)
    names[device] = "osd.\(device)"
    classes[device] = deviceClass
    guard let bucket = try bucket(at: path) else { throw CrushMapError("osd.\(device) has no place in the tree") }
    insert(device, weight, into: bucket)
  }

  /// Takes an item out of wherever it is.
  mutating func remove(_ item: Int) {
    for id in buckets.keys {
      guard let place = buckets[id]?.items.firstIndex(of: item) else { continue }
      buckets[id]?.items.remove(at: place)
      buckets[id]?.weights.remove(at: place)
      buckets[id]?.straws = nil
      changeArgs(of: id) { args in
        for position in args.weightSet.indices where args.weightSet[position].indices.contains(place) {
          args.weightSet[position].remove(at: place)
        }
        if args.ids?.indices.contains(place) == true { args.ids?.remove(at: place) }
      }
    }
  }

  /// - Parameter weight: in 1/65536
  mutating func setWeight(of item: Int, _ weight: UInt32) {
    for id in buckets.keys {
      guard let place = buckets[id]?.items.firstIndex(of: item), buckets[id]?.weights[place] != weight else { continue }
      buckets[id]?.weights[place] = weight
      buckets[id]?.straws = nil
      // As the monitors do (osd_crush_update_weight_set).
      changeArgs(of: id) { args in
        for position in args.weightSet.indices where args.weightSet[position].indices.contains(place) {
          args.weightSet[position][place] = weight
        }
      }
    }
  }

  /// What takes the place of a bucket's weights follows the bucket, for each pool that has some.
  private mutating func changeArgs(of bucket: Int, _ change: (inout CrushChooseArgs) -> Void) {
    for pool in chooseArgs.keys {
      guard var args = chooseArgs[pool]?[bucket] else { continue }
      change(&args)
      chooseArgs[pool]?[bucket] = args
    }
  }

  /// Moves a bucket with all that is in it.
  mutating func move(_ item: Int, to path: [Place]) throws(CrushMapError) {
    guard let bucket = try bucket(at: path), buckets[bucket]?.type ?? 0 > buckets[item]?.type ?? 0 else {
      throw CrushMapError("'\(names[item] ?? "\(item)")' cannot be moved into what is not above it")
    }
    if buckets[bucket]?.items.contains(item) == true { return }
    remove(item)
    insert(item, UInt32(clamping: buckets[item]?.weight ?? 0), into: bucket)
  }

  private mutating func insert(_ item: Int, _ weight: UInt32, into bucket: Int) {
    buckets[bucket]?.items.append(item)
    buckets[bucket]?.weights.append(weight)
    buckets[bucket]?.straws = nil
    changeArgs(of: bucket) { args in
      for position in args.weightSet.indices { args.weightSet[position].append(weight) }
      args.ids?.append(item)
    }
  }

  /// The last bucket of a path. Those that are missing come to be, from the last one on, as the monitors make them: their
  /// numbers go into hashes.
  private mutating func bucket(at path: [Place]) throws(CrushMapError) -> Int? {
    let path = try fromTheRoot(path)
    var below: Int?
    for (type, place) in path.reversed() {
      if let known = item(named: place.name) {
        let found = buckets[known].flatMap { types[$0.type] } ?? "osd"
        guard found == place.type else { throw CrushMapError("'\(place.name)' is of type \(found), not \(place.type)") }
        if let below { insert(below, UInt32(clamping: buckets[below]?.weight ?? 0), into: known) }
        break
      }
      var id = -1
      let taken = Set(buckets.keys).union(shadowed)
      while taken.contains(id) { id -= 1 }
      buckets[id] = CrushBucket(id: id, type: type, algorithm: .straw2, items: [], weights: [])
      names[id] = place.name
      if let below { insert(below, 0, into: id) }
      below = id
    }
    return path.last.flatMap { item(named: $0.place.name) }
  }

  /// In whichever order people name the buckets of a place, each lies in one of a higher type.
  private func fromTheRoot(_ path: [Place]) throws(CrushMapError) -> [(type: Int, place: Place)] {
    var numbered: [(type: Int, place: Place)] = []
    for place in path {
      guard let type = types.first(where: { $0.value == place.type })?.key else {
        throw CrushMapError("there is no type '\(place.type)'")
      }
      guard !numbered.contains(where: { $0.type == type }) else {
        throw CrushMapError("a place has one \(place.type), not two")
      }
      numbered.append((type, place))
    }
    return numbered.sorted { $0.type > $1.type }
  }

  /// Whether a path has a bucket that is not there yet.
  func lacks(_ path: [Place]) -> Bool { path.contains { item(named: $0.name) == nil } }
}
