/// What each OSD should hold, of each pool and in all.
struct BalanceTargets {
  private let pools: [OSDMap.Pool]
  private let rules: [PlacementRule?]
  /// Bytes of a pool's shard, on average.
  let means: [Double]
  private static let steps = 24

  /// - Parameters:
  ///   - rules: of the pools, one each; `nil` for one that cannot be read
  ///   - shards: pool to the bytes of a shard of each of its groups
  init(_ pools: [OSDMap.Pool], _ rules: [PlacementRule?], _ shards: [Int64: [Double]]) {
    self.pools = pools
    self.rules = rules
    means = pools.map { (shards[$0.id] ?? []).reduce(0, +) / Double($0.groups) }
  }

  /// Shards of each pool that each OSD should hold.
  func shares(_ capacity: [Double]) -> [[Double]] {
    zip(pools, rules).map { pool, rule in
      var shares = Array(repeating: 0.0, count: capacity.count)
      for (index, block) in (rule?.blocks ?? []).enumerated() {
        let width = rule?.positions(of: index, size: pool.size).count ?? 0
        let part = PoolShares.of(
          block, shards: Double(width) * Double(pool.groups), groups: Double(pool.groups), capacity: capacity)
        for osd in block.osds { shares[Int(osd)] += part[Int(osd)] }
      }
      return shares
    }
  }

  /// Bytes that each OSD should hold, so that all are as evenly full as the rules let them be.
  ///
  /// - Parameter besides: what OSDs hold besides the pools' shards; it is levelled out among those that are to be equally full
  func bytes(_ capacity: [Double], besides: [Double]) -> [Double] {
    let contents = level(capacity)
    var groups: [Int: [Int]] = [:]
    for osd in capacity.indices where capacity[osd] > 0 && contents[osd] > 0 {
      groups[Int((contents[osd] / capacity[osd] * 1e6).rounded()), default: []].append(osd)
    }
    var targets = zip(contents, besides).map { $0 + $1 }
    for osds in groups.values {
      let mean = osds.reduce(0) { $0 + targets[$1] } / osds.reduce(0) { $0 + capacity[$1] }
      for osd in osds { targets[osd] = mean * capacity[osd] }
    }
    return targets
  }

  /// Where a failure domain must hold more than its part of one pool, or cannot hold as much, others make up for it: OSDs that
  /// would be fuller count for less until nothing becomes evener.
  private func level(_ capacity: [Double]) -> [Double] {
    var effective = capacity
    var best = contents(capacity)
    guard !isLevel(best, capacity) else { return best }
    var bestUnevenness = unevenness(best, capacity)
    var contents = best
    for _ in 0..<Self.steps {
      let mean = contents.reduce(0, +) / capacity.reduce(0, +)
      for osd in capacity.indices where capacity[osd] > 0 && contents[osd] > 0 {
        effective[osd] *= (mean / (contents[osd] / capacity[osd])).squareRoot()
      }
      contents = self.contents(effective)
      let unevenness = unevenness(contents, capacity)
      if unevenness < bestUnevenness { (best, bestUnevenness) = (contents, unevenness) }
    }
    return best
  }

  private func contents(_ capacity: [Double]) -> [Double] {
    var bytes = Array(repeating: 0.0, count: capacity.count)
    for (shares, mean) in zip(shares(capacity), means) {
      for osd in shares.indices { bytes[osd] += shares[osd] * mean }
    }
    return bytes
  }

  /// Whether the OSDs that a pool may lie on are all equally full.
  private func isLevel(_ contents: [Double], _ capacity: [Double]) -> Bool {
    rules.compactMap { $0 }.flatMap(\.blocks).allSatisfy { block in
      let uses = block.osds.map(Int.init).filter { capacity[$0] > 0 }.map { contents[$0] / capacity[$0] }
      return (uses.max() ?? 0) - (uses.min() ?? 0) < 1e-6
    }
  }

  private func unevenness(_ contents: [Double], _ capacity: [Double]) -> Double {
    capacity.indices.reduce(0) { $0 + (capacity[$1] > 0 ? contents[$1] * contents[$1] / capacity[$1] : 0) }
  }
}
