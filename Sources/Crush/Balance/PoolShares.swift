/// How many shards of a pool each OSD should hold: as much as its part of the room, but in no failure domain more than the rule
/// lets be there.
enum PoolShares {
  /// - Parameters:
  ///   - block: of the pool's rule
  ///   - shards: those that the block places
  ///   - groups: placement groups of the pool
  ///   - capacity: of each OSD
  /// - Returns: for each OSD; 0 where it may hold none
  static func of(_ block: PlacementRule.Block, shards: Double, groups: Double, capacity: [Double]) -> [Double] {
    var shares = Array(repeating: 0.0, count: capacity.count)
    fill(block, block.osds, level: 0, shards, groups, capacity, &shares)
    return shares
  }

  private static func fill(
    _ block: PlacementRule.Block, _ osds: [Int32], level: Int, _ amount: Double, _ groups: Double,
    _ capacity: [Double], _ shares: inout [Double]
  ) {
    guard level < block.levels.count else {
      let parts = pour(amount, limit: groups, into: osds.map { capacity[Int($0)] })
      for (osd, part) in zip(osds, parts) { shares[Int(osd)] = part }
      return
    }
    var domains: [Int32: [Int32]] = [:]
    for osd in osds { domains[block.levels[level].bucket[Int(osd)], default: []].append(osd) }
    let each = block.levels[(level + 1)...].reduce(1.0) { $0 * Double($1.count) }
    let order = domains.keys.sorted()
    let sizes = order.map { (domains[$0] ?? []).reduce(0) { $0 + capacity[Int($1)] } }
    for (domain, part) in zip(order, pour(amount, limit: groups * each, into: sizes)) {
      fill(block, domains[domain] ?? [], level: level + 1, part, groups, capacity, &shares)
    }
  }

  /// By size, but no vessel gets more than the limit: what is too much for it goes to the others.
  static func pour(_ amount: Double, limit: Double, into sizes: [Double]) -> [Double] {
    var parts = Array(repeating: 0.0, count: sizes.count)
    var open = sizes.indices.filter { sizes[$0] > 0 }
    var left = amount
    while left > 1e-9, !open.isEmpty {
      let total = open.reduce(0) { $0 + sizes[$1] }
      let full = open.filter { left * sizes[$0] / total >= limit }
      guard !full.isEmpty else {
        for index in open { parts[index] = left * sizes[index] / total }
        break
      }
      for index in full { parts[index] = limit }
      left -= limit * Double(full.count)
      open.removeAll { parts[$0] == limit }
    }
    return parts
  }
}
