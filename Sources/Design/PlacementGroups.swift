/// How many placement groups a pool has.
enum PlacementGroups {
  /// Replicas of placement groups that an OSD should hold: Ceph's `mon_target_pg_per_osd`.
  static let target = 100
  /// More than this on an OSD, and the monitors refuse to make the pool: `mon_max_pg_per_osd`.
  static let limit = 250
  /// Fewer spread no load.
  static let least = 16

  /// (OSDs × target × share of the data) ÷ replicas, to the nearest power of two (Ceph: placement groups, "choosing
  /// the number of PGs").
  static func count(osds: Int, share: Double, size: Int) -> Int {
    max(least, nearestPowerOfTwo(Double(osds * target) * share / Double(size)))
  }

  /// Halves the largest pools until all of them together keep the limit.
  static func limited(_ pools: [PoolDesign], osds: Int) -> [PoolDesign] {
    var pools = pools
    while pools.reduce(0, { $0 + $1.pgs * $1.size }) > limit * osds,
      let largest = pools.indices.max(by: { pools[$0].pgs < pools[$1].pgs }), pools[largest].pgs > 1
    {
      pools[largest].pgs /= 2
    }
    return pools
  }

  static func nearestPowerOfTwo(_ number: Double) -> Int {
    guard number > 1 else { return 1 }
    var power = 1
    while Double(power * 2) <= number { power *= 2 }
    return number - Double(power) < Double(power * 2) - number ? power : power * 2
  }
}
