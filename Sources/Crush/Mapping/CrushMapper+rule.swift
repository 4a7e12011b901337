extension CrushMapper {
  /// Maps one input by a rule; the workspace then has the result.
  ///
  /// - Parameters:
  ///   - x: a placement group's seed
  ///   - size: how many devices are wanted
  ///   - reweights: for each device how much of it is in, in 1/65536; devices beyond its end are out
  public func map(
    _ rule: CrushRule, x: UInt32, size: Int, reweights: UnsafeBufferPointer<UInt32>, _ work: CrushWorkspace
  ) {
    work.begin()
    if rule.isMSR { return mapMSR(rule, x: x, size: size, reweights: reweights, work) }
    var tries = Tries(tunables)
    for step in rule.steps {
      switch step {
      case .noop: break
      case .take(let item):
        let isThere = item >= 0 ? item < maxDevices : bucket(Int32(item)) != nil
        if isThere { work.from = [Int32(item)] }
      case .setChooseTries(let count): if count > 0 { tries.total = count }
      case .setChooseleafTries(let count): if count > 0 { tries.leaf = count }
      case .setChooseLocalTries(let count): if count >= 0 { tries.local = count }
      case .setChooseLocalFallbackTries(let count): if count >= 0 { tries.fallback = count }
      case .setChooseleafVaryR(let value): if value >= 0 { tries.varyR = value }
      case .setChooseleafStable(let value): if value >= 0 { tries.isStable = value != 0 }
      case .choose(let count, let type, let isIndependent, let toLeaf):
        choose(
          Wanted(type: Int32(type), count: count > 0 ? count : count + size, size: size, toLeaf: toLeaf), isIndependent,
          x, tries, reweights, work)
      case .emit: work.emit(upTo: size)
      // In a plain rule Ceph passes over them.
      case .chooseMSR, .setMSRDescents, .setMSRCollisionTries: break
      }
    }
  }

  /// How often what is tried again.
  struct Tries {
    var total: Int
    /// 0: as the tunables have it.
    var leaf = 0
    var local: Int
    var fallback: Int
    var varyR: Int
    var isStable: Bool
    let descendsOnce: Bool

    init(_ tunables: CrushTunables) {
      // The tunable counts what comes after the first one.
      total = tunables.chooseTotalTries + 1
      local = tunables.chooseLocalTries
      fallback = tunables.chooseLocalFallbackTries
      varyR = tunables.chooseleafVaryR
      isStable = tunables.chooseleafStable != 0
      descendsOnce = tunables.chooseleafDescendOnce != 0
    }

    /// Below what is chosen, where positions are not kept.
    var leafFirst: Int { leaf > 0 ? leaf : descendsOnce ? 1 : total }
    /// … and where they are.
    var leafIndependent: Int { leaf > 0 ? leaf : 1 }
  }

  /// What a step chooses.
  struct Wanted {
    var type: Int32
    var count: Int
    /// The most that there is room for.
    var size: Int
    var toLeaf: Bool
  }

  private func choose(
    _ wanted: Wanted, _ isIndependent: Bool, _ x: UInt32, _ tries: Tries, _ reweights: UnsafeBufferPointer<UInt32>,
    _ work: CrushWorkspace
  ) {
    guard !work.from.isEmpty, wanted.count > 0 else {
      work.from.removeAll(keepingCapacity: true)
      return
    }
    var filled = 0
    for start in work.from {
      guard let bucket = bucket(start) else { continue }
      let room = wanted.size - filled
      let (to, leaves) = (work.to + filled, work.leaves + filled)
      if isIndependent {
        let count = min(wanted.count, room)
        chooseIndependent(
          bucket, x, left: count, count: wanted.count, wanted.type, to, at: 0, tries.total, tries.leafIndependent,
          wanted.toLeaf ? leaves : nil, parentR: 0, reweights, work)
        filled += count
      } else {
        filled += chooseFirst(
          bucket, x, count: wanted.count, wanted.type, to, at: 0, room: room, tries, tries.total,
          wanted.toLeaf ? leaves : nil, parentR: 0, reweights, work)
      }
    }
    let chosen = wanted.toLeaf ? work.leaves : work.to
    work.from.removeAll(keepingCapacity: true)
    work.from.append(contentsOf: UnsafeBufferPointer(start: chosen, count: filled))
  }

  /// Whether a device that is drawn is not to be taken: it is out, or partly out and by its hash in that part.
  @inline(__always)
  func isOut(_ item: Int32, _ x: UInt32, _ reweights: UnsafeBufferPointer<UInt32>) -> Bool {
    guard Int(item) < reweights.count else { return true }
    let weight = reweights[Int(item)]
    if weight >= 0x10000 { return false }
    if weight == 0 { return true }
    return CrushHash.hash(x, UInt32(bitPattern: item)) & 0xffff >= weight
  }

  /// `nil`: there is no bucket of that number.
  @inline(__always)
  private func type(of item: Int32) -> Int32? { item >= 0 ? 0 : bucket(item)?.type }

  /// Chooses different items in a row; what is not found leaves no gap.
  ///
  /// - Returns: how many
  private func chooseFirst(
    _ bucket: Bucket, _ x: UInt32, count: Int, _ wanted: Int32, _ out: UnsafeMutablePointer<Int32>, at begin: Int,
    room: Int, _ tries: Tries, _ limit: Int, _ leaves: UnsafeMutablePointer<Int32>?, parentR: Int,
    _ reweights: UnsafeBufferPointer<UInt32>, _ work: CrushWorkspace
  ) -> Int {
    var filled = begin
    var room = room
    var rep = tries.isStable ? 0 : begin
    while rep < count, room > 0 {
      if let item = chooseOne(
        bucket, x, rep, wanted, out, filled, room, tries, limit, leaves, parentR: parentR, reweights, work)
      {
        out[filled] = item
        filled += 1
        room -= 1
      }
      rep += 1
    }
    return filled
  }

  /// Tries until an item is found that is neither out nor there already.
  private func chooseOne(
    _ start: Bucket, _ x: UInt32, _ rep: Int, _ wanted: Int32, _ out: UnsafeMutablePointer<Int32>, _ filled: Int,
    _ room: Int, _ tries: Tries, _ limit: Int, _ leaves: UnsafeMutablePointer<Int32>?, parentR: Int,
    _ reweights: UnsafeBufferPointer<UInt32>, _ work: CrushWorkspace
  ) -> Int32? {
    var failures = 0
    descent: while true {
      var bucket = start
      var local = 0
      while true {
        let r = rep + parentR + failures
        var collides = false
        var isRejected = bucket.size == 0
        var item: Int32 = 0
        if !isRejected {
          item =
            tries.fallback > 0 && local >= bucket.size >> 1 && local > tries.fallback
            ? choosePermutation(bucket, x, UInt32(truncatingIfNeeded: r), work)
            : choose(bucket, x, UInt32(truncatingIfNeeded: r), filled, work)
          guard item < maxDevices, let type = type(of: item) else { return nil }
          guard type == wanted else {
            guard let next = self.bucket(item) else { return nil }
            bucket = next
            continue
          }
          for index in 0..<filled where out[index] == item { collides = true }
          if !collides, let leaves {
            if item < 0 {
              isRejected =
                self.bucket(item).map {
                  chooseFirst(
                    $0, x, count: tries.isStable ? 1 : filled + 1, 0, leaves, at: filled, room: room, tries,
                    tries.leafFirst, nil, parentR: tries.varyR > 0 ? r >> (tries.varyR - 1) : 0, reweights, work)
                    <= filled
                } ?? true
            } else {
              leaves[filled] = item
            }
          }
          if !isRejected, type == 0 { isRejected = isOut(item, x, reweights) }
        }
        guard isRejected || collides else { return item }
        failures += 1
        local += 1
        if collides, local <= tries.local { continue }
        if tries.fallback > 0, local <= bucket.size + tries.fallback { continue }
        if failures < limit { continue descent }
        return nil
      }
    }
  }

  /// Chooses different items, each for its own place: what is not found leaves a gap.
  private func chooseIndependent(
    _ start: Bucket, _ x: UInt32, left: Int, count: Int, _ wanted: Int32, _ out: UnsafeMutablePointer<Int32>,
    at begin: Int, _ limit: Int, _ leafLimit: Int, _ leaves: UnsafeMutablePointer<Int32>?, parentR: Int,
    _ reweights: UnsafeBufferPointer<UInt32>, _ work: CrushWorkspace
  ) {
    var left = left
    let end = begin + left
    for place in begin..<end {
      out[place] = Self.undefined
      leaves?[place] = Self.undefined
    }
    var failures = 0
    while left > 0, failures < limit {
      for place in begin..<end where out[place] == Self.undefined {
        var bucket = start
        while true {
          let skips = bucket.algorithm == .uniform && bucket.size % count == 0
          let r = place + parentR + (skips ? count + 1 : count) * failures
          guard bucket.size > 0 else { break }
          let item = choose(bucket, x, UInt32(truncatingIfNeeded: r), begin, work)
          let type = item < maxDevices ? type(of: item) : nil
          if type != wanted {
            if type != nil, let next = self.bucket(item) {
              bucket = next
              continue
            }
            out[place] = Self.none
            leaves?[place] = Self.none
            left -= 1
            break
          }
          var collides = false
          for other in begin..<end where out[other] == item { collides = true }
          if collides { break }
          if let leaves {
            if item < 0 {
              guard let below = self.bucket(item) else { break }
              chooseIndependent(
                below, x, left: 1, count: count, 0, leaves, at: place, leafLimit, 0, nil, parentR: r, reweights, work)
              if leaves[place] == Self.none { break }
            } else {
              leaves[place] = item
            }
          }
          if type == 0, isOut(item, x, reweights) { break }
          out[place] = item
          left -= 1
          break
        }
      }
      failures += 1
    }
    for place in begin..<end {
      if out[place] == Self.undefined { out[place] = Self.none }
      if leaves?[place] == Self.undefined { leaves?[place] = Self.none }
    }
  }
}
