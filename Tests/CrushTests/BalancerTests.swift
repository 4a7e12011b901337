import Foundation
import TestSupport
import Testing

@testable import Crush

/// Of made-up clusters, whatever they are like.
@Suite struct BalancerTests {
  private static let seeds: Range<UInt64> = 0..<60

  /// A cluster around a made-up map; most OSDs are up and in.
  private func cluster(_ seed: UInt64) throws -> (map: OSDMap, use: ClusterUse) {
    let random = RandomOSDMap(seed: seed)
    var map = random.map
    map.crush = try CrushMap(text: random.crush.text)
    map.pgTemp = [:]
    map.primaryTemp = [:]
    if seed.isMultiple(of: 2) { map.upmaps = [:] }
    var generator = SplitMix64(seed)
    let shards = map.pools.mapValues { pool in
      (0..<pool.groups).map { _ in Double(Int.random(in: 0...1000, using: &generator)) * 1e6 }
    }
    var use = ClusterUse(
      osds: map.osds.map { osd in
        osd.exists ? ClusterUse.OSD(size: Double(Int.random(in: 10...100, using: &generator)) * 1e9, used: 1e8) : nil
      }, shards: shards)
    for table in map.tables(.upmapped) {
      for (shard, osd) in table.osds.enumerated() where use.osds.indices.contains(Int(osd)) {
        use.osds[Int(osd)]?.used += shards[table.pool.id]?[shard / table.pool.size] ?? 0
      }
    }
    return (map, use)
  }

  @Test(arguments: Balancer.Goal.allCases) func whatIsSaidIsWhatIsMeant(_ goal: Balancer.Goal) throws {
    var moved = 0
    for seed in Self.seeds {
      let (map, use) = try cluster(seed)
      var balancer = Balancer(map, use)
      let before = balancer.place
      balancer.run(goal)
      var after = map
      for change in balancer.changes { after.upmapItems[change.group] = change.items.isEmpty ? nil : change.items }
      let tables = after.tables(.upmapped)
      let rows = tables.flatMap { table in (0..<table.pool.groups).map { (table.pool, table[$0]) } }
      var first = 0
      for (pool, row) in rows {
        let wanted = balancer.place[first..<first + pool.size]
        let isAlike = pool.isErasure ? row.elementsEqual(wanted) : Set(row) == Set(wanted)
        #expect(isAlike, "seed \(seed), pool \(pool.id): \(row) instead of \(wanted)")
        if !before[first..<first + pool.size].elementsEqual(wanted) {
          moved += 1
          let rule = map.crush.rules[pool.rule].flatMap { PlacementRule($0, map, size: pool.size) }
          #expect(rule?.allows(wanted) == true, "seed \(seed), pool \(pool.id): \(wanted) breaks its rule")
          #expect(wanted.allSatisfy { map.osds[Int($0)].isUp && map.osds[Int($0)].reweight > 0 })
        }
        first += pool.size
      }
    }
    #expect(moved > 200, "there was something to move")
  }

  @Test func theFullestIsNeverMadeFuller() throws {
    for seed in Self.seeds {
      let (map, use) = try cluster(seed)
      var balancer = Balancer(map, use)
      let before = balancer.state.classes.map(\.max).max() ?? 0
      balancer.run(.use)
      let after = balancer.state.classes.map(\.max).max() ?? 0
      #expect(after <= before * 1.000001, "seed \(seed): \(before) became \(after)")
    }
  }

  @Test func limitsAreKeptAndRoundsEnd() throws {
    for seed in Self.seeds {
      let (map, use) = try cluster(seed)
      let limits = Balancer.Limits(moves: 3, bytes: 2e9)
      var balancer = Balancer(map, use)
      balancer.run(.room, limits)
      #expect(balancer.movedShards <= 3 && balancer.movedBytes <= 2e9)
      let whole = Balancing(Balancer(map, use), .room, limits: limits, most: 500)
      #expect(whole.rounds.count < 500, "seed \(seed)")
      let stopped = Balancing(Balancer(map, use), .room, shouldStop: { true })
      #expect(stopped.rounds.isEmpty && stopped.report.isCutShort)
    }
  }
}
