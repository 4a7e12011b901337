extension CrushMap {
  /// Far more than any cluster has.
  static let mostDevices = 1 << 24

  /// What a mapping relies on, whatever the map was read from.
  ///
  /// - Throws: `CrushMapError` where a number is beyond what CRUSH has, or a bucket lies in itself: a mapping would never end
  func check() throws(CrushMapError) {
    guard (0...Self.mostDevices).contains(maxDevices) else {
      throw CrushMapError("\(maxDevices) devices are more than the \(Self.mostDevices) that can be")
    }
    try checkTries()
    try checkMSRTries()
    for (id, bucket) in buckets {
      guard bucket.id == id, (-Self.mostDevices..<0).contains(id), (0...0xffff).contains(bucket.type) else {
        throw CrushMapError("bucket \(id) of type \(bucket.type) is none: ids are negative, types 0 to 65535")
      }
      guard bucket.weights.count == bucket.items.count else {
        throw CrushMapError("bucket \(id) has \(bucket.items.count) items, but \(bucket.weights.count) weights")
      }
      guard bucket.items.allSatisfy({ (-Self.mostDevices..<maxDevices).contains($0) }) else {
        throw CrushMapError("bucket \(id) has an item that is no device's or bucket's number")
      }
    }
    for (id, rule) in rules {
      for case .take(let item) in rule.steps where !(-Self.mostDevices..<Self.mostDevices).contains(item) {
        throw CrushMapError("rule \(id) takes \(item), which is no device's or bucket's number")
      }
      for case .chooseMSR(let count, let type) in rule.steps {
        guard (0...0xffff).contains(count), (0...0xffff).contains(type) else {
          throw CrushMapError("rule \(id) chooses \(count) of type \(type): there are no so many")
        }
      }
      for case .choose(let count, let type, _, _) in rule.steps {
        guard abs(count) <= 0xffff, (0...0xffff).contains(type) else {
          throw CrushMapError("rule \(id) chooses \(count) of type \(type): there are no so many")
        }
      }
    }
    try checkTree()
  }

  /// With more tries than this a mapping that cannot succeed would seem never to end; maps have at most some hundreds.
  private static let mostTries = 100_000

  /// Each of an MSR rule's descents tries after each collision: their product counts. Ceph's default is 100 for both.
  private static let mostMSRTries = 1000

  private func checkMSRTries() throws(CrushMapError) {
    let steps = rules.values.flatMap(\.steps).compactMap { step in
      switch step {
      case .setMSRDescents(let count), .setMSRCollisionTries(let count): count
      default: nil
      }
    }
    if let most = (steps + [tunables.msrDescents, tunables.msrCollisionTries]).max(), most > Self.mostMSRTries {
      throw CrushMapError("an MSR rule tries \(most) times; more than \(Self.mostMSRTries) is no sensible number")
    }
  }

  private func checkTries() throws(CrushMapError) {
    let tunable = [
      tunables.chooseTotalTries, tunables.chooseLocalTries, tunables.chooseLocalFallbackTries,
    ]
    let steps = rules.values.flatMap(\.steps).map { step in
      switch step {
      case .setChooseTries(let count), .setChooseleafTries(let count), .setChooseLocalTries(let count),
        .setChooseLocalFallbackTries(let count):
        count
      default: 0
      }
    }
    if let most = (tunable + steps).max(), most > Self.mostTries {
      throw CrushMapError("it tries \(most) times to choose; more than \(Self.mostTries) is no sensible number")
    }
  }

  private func checkTree() throws(CrushMapError) {
    var whole: Set<Int> = []
    var path: [(id: Int, next: Int)] = []
    for root in buckets.keys.sorted() where !whole.contains(root) {
      path = [(root, 0)]
      while let (id, next) = path.last {
        let items = buckets[id]?.items ?? []
        guard next < items.count else {
          whole.insert(id)
          path.removeLast()
          continue
        }
        path[path.count - 1].next += 1
        let item = items[next]
        guard item < 0, !whole.contains(item) else { continue }
        guard !path.contains(where: { $0.id == item }) else { throw CrushMapError("bucket \(item) lies in itself") }
        path.append((item, 0))
      }
    }
  }
}
