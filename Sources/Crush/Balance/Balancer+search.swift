extension Balancer {
  /// Makes moves until no more helps, a limit is met, or it is told to stop.
  public mutating func run(_ goal: Goal, _ limits: Limits = Limits(), shouldStop: () -> Bool = { false }) {
    let sets = memberSets
    if goal == .room {
      for osds in sets { improve(.shares, osds, limits, shouldStop) }
    }
    for osds in sets {
      improve(.bytes(keepsShares: goal == .room), osds, limits, shouldStop)
      exchange(osds, keepsShares: goal == .room, limits, shouldStop)
      // What is still much too full matters more to all pools than its share to one.
      if goal == .room { improve(.relief, osds, limits, shouldStop) }
    }
  }

  /// The OSDs that pools lie on, each set once: those of a class, of a root.
  private var memberSets: [[Int32]] {
    var seen: Set<[Int32]> = []
    return rules.flatMap { $0?.blocks ?? [] }.map { $0.osds.filter { capacity[Int($0)] > 0 } }
      .filter { !$0.isEmpty && seen.insert($0).inserted }
  }

  /// What moves are looked for.
  private enum Aim {
    /// Shards that an OSD has beyond its share of their pool.
    case shares
    /// Bytes that it has beyond its target; whether the pools' shares are to be kept.
    case bytes(keepsShares: Bool)
    /// Bytes that it has far beyond its target, whatever that costs the pools.
    case relief
  }

  /// From the fullest OSD on: each gives what helps most, until it has nothing to give.
  private mutating func improve(_ aim: Aim, _ osds: [Int32], _ limits: Limits, _ shouldStop: () -> Bool) {
    func key(_ osd: Int) -> Double { excess(osd) / capacity[osd] }
    var givers = UseOrder(osds.filter { gives(Int($0), aim) }, count: osdCount, key: key)
    var takers = UseOrder(osds.filter { takes(Int($0), aim) }, count: osdCount, key: key)
    while let giver = givers.osds.last, !shouldStop(), movedShards < limits.moves {
      guard let move = bestMove(aim, from: Int(giver), takers, limits) else {
        givers.remove(giver)
        continue
      }
      self.move(move.shard, to: move.osd)
      for osd in [giver, move.osd] {
        let key = excess(Int(osd)) / capacity[Int(osd)]
        givers.update(osd, key: key)
        takers.update(osd, key: key)
        if !gives(Int(osd), aim) { givers.remove(osd) }
        if !takes(Int(osd), aim) { takers.remove(osd) }
      }
    }
  }

  private func gives(_ osd: Int, _ aim: Aim) -> Bool {
    switch aim {
    case .shares: pools.indices.contains { held[slot(osd, $0)] > share[slot(osd, $0)] }
    case .bytes: excess(osd) > Self.tolerance * capacity[osd]
    case .relief: excess(osd) > slack[osd]
    }
  }

  private func takes(_ osd: Int, _ aim: Aim) -> Bool {
    switch aim {
    case .shares: pools.indices.contains { hasRoom($0, osd) }
    case .bytes, .relief: excess(osd) < 0
    }
  }

  /// Bytes beyond what it should hold; less than 0 where it should hold more.
  private func excess(_ osd: Int) -> Double { used[osd] - target[osd] }

  /// How much nearer to their targets an OSD that has too much and one that has too little come by so many bytes.
  @inline(__always)
  private static func gain(_ over: Double, _ under: Double, _ bytes: Double) -> Double {
    over.magnitude - (over - bytes).magnitude + under.magnitude - (under - bytes).magnitude
  }

  /// What two OSDs have far beyond their targets, more with such a move; less than 0 where it becomes less.
  ///
  /// No move may add to it: so that what one kind of move gives up for evenness, another never takes back, and all ends.
  @inline(__always)
  private func overload(_ giver: Int, _ taker: Int, _ bytes: Double) -> Double {
    func beyond(_ osd: Int, _ more: Double) -> Double {
      max(0, excess(osd) + more - slack[osd])
    }
    return beyond(giver, -bytes) - beyond(giver, 0) + beyond(taker, bytes) - beyond(taker, 0)
  }

  /// A shard that an OSD could give.
  private struct Offer {
    var shard: Int
    var bytes: Double
    var pool: Int
    var home: Int32
    /// Bytes that moving it adds to what is moved, unless it goes home.
    var cost: Double
  }

  private func offers(of osd: Int, onlyBeyondShare: Bool = false) -> [Offer] {
    shardsOf[osd].compactMap { shard in
      let shard = Int(shard)
      let pool = pool(of: shard)
      guard isMovable[Int(groupOfShard[shard])] else { return nil }
      if onlyBeyondShare, held[slot(osd, pool)] <= share[slot(osd, pool)] { return nil }
      let bytes = bytes(of: shard)
      return Offer(
        shard: shard, bytes: bytes, pool: pool, home: home[shard], cost: home[shard] == Int32(osd) ? bytes : 0)
    }
  }

  private func bestMove(
    _ aim: Aim, from giver: Int, _ takers: UseOrder, _ limits: Limits
  ) -> (shard: Int, osd: Int32)? {
    let over = excess(giver)
    let (isForced, keepsShares, isRelief) =
      switch aim {
      case .shares: (true, true, false)
      case .bytes(let keeps): (false, keeps, false)
      case .relief: (false, false, true)
      }
    let offers = offers(of: giver, onlyBeyondShare: isForced)
    var best: (shard: Int, osd: Int32)?
    // Where shares are mended, any move is better than none.
    var bestScore = isForced ? -Double.infinity : 0
    var tried = 0
    for taker in takers.osds where Int(taker) != giver && isWithin(limits, giver, Int(taker)) {
      let under = -excess(Int(taker))
      for offer in offers {
        // A gain is at most twice what either lacks: most offers are too large, and need no closer look.
        if !isForced, offer.bytes >= over + under { continue }
        let gain = Self.gain(over, under, offer.bytes)
        let cost = taker == offer.home ? -offer.bytes : offer.cost
        let score = gain - Self.movePrice * cost
        guard score > bestScore, isForced || gain > 0, !keepsShares || hasRoom(offer.pool, Int(taker)),
          movedBytes + cost <= limits.bytes, mayMove(offer.shard, to: taker),
          case let overload = overload(giver, Int(taker), offer.bytes), isRelief ? overload < 0 : overload <= 0
        else { continue }
        (best, bestScore) = ((offer.shard, taker), score)
      }
      if best != nil { tried += 1 }
      if tried >= Self.takers { break }
    }
    return best
  }

  private func hasRoom(_ pool: Int, _ osd: Int) -> Bool { held[slot(osd, pool)] < share[slot(osd, pool)] }

  /// What no single shard is of the right size for: two OSDs exchange shards of which one is a little larger.
  private mutating func exchange(_ osds: [Int32], keepsShares: Bool, _ limits: Limits, _ shouldStop: () -> Bool) {
    var order = UseOrder(osds, count: osdCount) { excess($0) / capacity[$0] }
    var tries = 4 * osds.count
    var (top, bottom) = (osds.count - 1, 0)
    while top > bottom, tries > 0, !shouldStop(), movedShards + 2 <= limits.moves {
      tries -= 1
      // Whichever end is farther off.
      let (high, low) = (order.osds[top], order.osds[bottom])
      let (over, under) = (excess(Int(high)) / capacity[Int(high)], -excess(Int(low)) / capacity[Int(low)])
      guard max(over, under) > Self.exchangeTolerance else { return }
      let isHigh = over >= under
      let partners = isHigh ? order.osds.prefix(Self.partners) : order.osds.suffix(Self.partners)
      let found = partners.compactMap { partner in
        partner == (isHigh ? high : low)
          ? nil
          : bestExchange(
            from: Int(isHigh ? high : partner), to: Int(isHigh ? partner : low), keepsShares, limits)
      }.max { $0.score < $1.score }
      guard let found else {
        if isHigh { top -= 1 } else { bottom += 1 }
        continue
      }
      let (giver, taker) = (place[found.given], place[found.taken])
      move(found.given, to: taker)
      move(found.taken, to: giver)
      for osd in [giver, taker] { order.update(osd, key: excess(Int(osd)) / capacity[Int(osd)]) }
      (top, bottom) = (osds.count - 1, 0)
    }
  }

  private func bestExchange(
    from giver: Int, to taker: Int, _ keepsShares: Bool, _ limits: Limits
  ) -> (given: Int, taken: Int, score: Double)? {
    let (over, under) = (excess(giver), -excess(taker))
    guard over + under > 0, isWithin(limits, giver, taker) else { return nil }
    let wanted = (over.magnitude + under.magnitude) / 2
    let back = offers(of: taker).sorted { ($0.bytes, $0.shard) < ($1.bytes, $1.shard) }
    var best: (given: Int, taken: Int, score: Double)?
    for given in offers(of: giver) {
      var start = Self.firstIndex(of: given.bytes - wanted, in: back)
      start = max(0, start - Self.neighbours / 2)
      for taken in back[start..<min(back.count, start + Self.neighbours)] {
        if keepsShares, given.pool != taken.pool, !hasRoom(given.pool, taker) || !hasRoom(taken.pool, giver) {
          continue
        }
        guard groupOfShard[given.shard] != groupOfShard[taken.shard] else { continue }
        let gain = Self.gain(over, under, given.bytes - taken.bytes)
        let cost =
          (given.home == Int32(taker) ? -given.bytes : given.cost)
          + (taken.home == Int32(giver) ? -taken.bytes : taken.cost)
        let score = gain - Self.exchangePrice * cost
        guard gain > wanted / 4, score > best?.score ?? 0, movedBytes + cost <= limits.bytes,
          overload(giver, taker, given.bytes - taken.bytes) <= 0, mayMove(given.shard, to: Int32(taker)),
          mayMove(taken.shard, to: Int32(giver))
        else { continue }
        best = (given.shard, taken.shard, score)
      }
    }
    return best
  }

  private static func firstIndex(of bytes: Double, in offers: [Offer]) -> Int {
    var (low, high) = (0, offers.count)
    while low < high {
      let middle = (low + high) / 2
      if offers[middle].bytes < bytes { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// How much of its capacity an OSD may be beyond its target without being looked at, for moves and for exchanges.
  private static var tolerance: Double { 0.0001 }
  private static var exchangeTolerance: Double { 0.0005 }
  /// How many OSDs are looked at for a better place than the one found, and for an exchange.
  private static var takers: Int { 8 }
  private static var partners: Int { 8 }
  /// How many shards of about the right size.
  private static var neighbours: Int { 8 }
  /// What a byte moved counts against a byte nearer to a target. A byte that leaves an OSD with too much for one with too
  /// little gains 2, one at each end: so a move must be of use by three quarters. Exchanges come last, for what no move mends,
  /// and move two shards for the small difference of them: there evenness is worth ten times what is moved.
  private static var movePrice: Double { 1.5 }
  private static var exchangePrice: Double { 0.1 }
}
