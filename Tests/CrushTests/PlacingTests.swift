import Foundation
import TestSupport
import Testing

@testable import Crush

/// What drains, holds, lets go and mends: on a cluster of six hosts in three racks.
@Suite struct PlacingTests {
  private let map: OSDMap
  private let use: ClusterUse

  init() throws {
    var text = "tunable choose_total_tries 50\ntunable chooseleaf_descend_once 1\ntunable chooseleaf_vary_r 1\n"
    text += "tunable chooseleaf_stable 1\ntunable straw_calc_version 1\ntunable choose_local_tries 0\n"
    text += "tunable choose_local_fallback_tries 0\n"
    for osd in 0..<24 { text += "device \(osd) osd.\(osd) class hdd\n" }
    for (number, type) in ["osd", "host", "rack", "root"].enumerated() { text += "type \(number) \(type)\n" }
    func bucket(_ type: String, _ name: String, _ items: [(String, Double)]) -> String {
      "\(type) \(name) {\n alg straw2\n hash 0\n" + items.map { " item \($0.0) weight \($0.1)\n" }.joined() + "}\n"
    }
    for host in 0..<6 { text += bucket("host", "h\(host)", (0..<4).map { ("osd.\(host * 4 + $0)", 1) }) }
    for rack in 0..<3 { text += bucket("rack", "r\(rack)", (0..<2).map { ("h\(rack * 2 + $0)", 4) }) }
    text += bucket("root", "default", (0..<3).map { ("r\($0)", 8) })
    for (id, domain) in ["host", "rack"].enumerated() {
      text += "rule by-\(domain) {\n id \(id)\n type replicated\n step take default\n"
      text += " step chooseleaf firstn 0 type \(domain)\n step emit\n}\n"
    }
    text +=
      "rule coded {\n id 2\n type erasure\n step take default\n step chooseleaf indep 0 type host\n step emit\n}\n"
    var map = OSDMap()
    map.crush = try CrushMap(text: text)
    map.osds = Array(repeating: .init(exists: true, isUp: true, reweight: 0x10000), count: 24)
    map.pools[1] = .init(id: 1, name: "a", size: 3, minSize: 2, rule: 0, groups: 128)
    map.pools[2] = .init(id: 2, name: "b", isErasure: true, size: 5, minSize: 4, rule: 2, groups: 64, dataShards: 3)
    self.map = map
    use = ClusterUse(of: map)
  }

  private func with(_ changes: [Balancer.Change], _ map: OSDMap) -> OSDMap {
    var map = map
    for change in changes { map.upmapItems[change.group] = change.items.isEmpty ? nil : change.items }
    return map
  }

  private func serving(_ map: OSDMap) -> [Int64: PlacementTable] {
    Dictionary(uniqueKeysWithValues: map.tables(.upmapped).map { ($0.pool.id, $0) })
  }

  @Test func aHostIsDrainedEvenly() throws {
    let drained = Set(try map.crush.osds(below: "h2").map(Int32.init))
    let draining = Draining(Balancer(map, use, scope: BalanceScope(drained: drained)))
    #expect(draining.stuck.isEmpty && draining.rounds.count == 1)
    let after = with(draining.rounds.flatMap { $0 }, map)
    #expect(UpmapCheck(after).findings.isEmpty)
    let counts = after.tables(.upmapped).flatMap(\.osds).reduce(into: [Int32: Int]()) { $0[$1, default: 0] += 1 }
    #expect(drained.allSatisfy { counts[$0] == nil })
    let rest = counts.values.sorted()
    #expect((rest.last ?? 0) - (rest.first ?? 0) <= 12, "\(rest)")
  }

  @Test func aDrainKeepsItsPace() throws {
    let drained: Set<Int32> = [5]
    let draining = Draining(
      Balancer(map, use, scope: BalanceScope(drained: drained)), limits: Balancer.Limits(perOSD: 4))
    #expect(draining.rounds.count >= 4)
    var now = map
    for round in draining.rounds {
      let next = with(round, now)
      var moves: [Int32: Int] = [:]
      for (old, new) in zip(now.tables(.upmapped), next.tables(.upmapped)) {
        for seed in 0..<old.pool.groups {
          let (before, after) = (Set(old[seed]), Set(new[seed]))
          for osd in before.symmetricDifference(after) { moves[osd, default: 0] += 1 }
        }
      }
      #expect(moves.values.allSatisfy { $0 <= 4 }, "\(moves)")
      now = next
    }
    #expect(now.tables(.upmapped).allSatisfy { !$0.osds.contains(5) })
  }

  @Test func whatCannotLeaveIsNamed() throws {
    var map = map
    map.pools[1]?.rule = 1
    // Three racks for three copies: nothing of a rack can leave it.
    let drained = Set(try map.crush.osds(below: "r0").map(Int32.init))
    let draining = Draining(
      Balancer(map, ClusterUse(of: map), scope: BalanceScope(pools: [1], drained: drained)))
    #expect(draining.rounds.isEmpty)
    #expect(draining.stuck.count == 128)
    #expect(draining.stuck.allSatisfy { $0.reason == "its rule allows it on no other OSD" }, "\(draining.stuck[0])")
  }

  @Test func dataStaysWhenTheTreeChanges() throws {
    let after = try map.after([
      .move("h1", to: [.init(type: "root", name: "default"), .init(type: "rack", name: "r2")])
    ]).map
    let moved = zip(map.tables(.upmapped), after.tables(.upmapped)).contains { $0.osds != $1.osds }
    #expect(moved, "the change moves something")
    let hold = Hold(after, serving: serving(map))
    // Shards that change places among themselves: no list of pairs says that.
    #expect(
      hold.loose.allSatisfy { $0.group.pool == 2 && $0.reason.contains("no pairs lead") }, "\(hold.loose.prefix(3))")
    #expect(hold.loose.count < 10)
    let loose = Set(hold.loose.map(\.group))
    let held = with(hold.changes, after)
    #expect(UpmapCheck(held).findings.isEmpty)
    for (was, now) in zip(map.tables(.upmapped), held.tables(.upmapped)) {
      for seed in 0..<was.pool.groups where !loose.contains(PGID(pool: was.pool.id, seed: seed)) {
        let isSame = was.pool.isErasure ? was[seed] == now[seed] : Set(was[seed]) == Set(now[seed])
        #expect(isSame, "\(was.pool.id).\(seed)")
      }
    }
    let rounds = Release(held, use, limits: Balancer.Limits(perOSD: 2)).rounds
    #expect(rounds.count > 3)
    let free = rounds.reduce(held) { with($1, $0) }
    #expect(free.upmapItems.isEmpty)
  }

  @Test func whatCannotBeHeldIsNamed() throws {
    var rackwise = map
    rackwise.pools[1]?.rule = 1
    let hold = Hold(rackwise, serving: serving(map))
    #expect(hold.loose.contains { $0.reason.contains("are in one rack") }, "\(hold.loose.prefix(2))")
  }

  @Test func brokenEntriesAreNamedAndMended() throws {
    var map = map
    let row = map.tables(.upmapped)[0][0]
    let hosts = Set(row.map { $0 / 4 })
    let other = Int32((0..<24).first { !hosts.contains(Int32($0) / 4) } ?? 0)
    let second = row[row.startIndex + 1]
    let neighbour = Int32((0..<24).first { Int32($0) / 4 == second / 4 && Int32($0) != second } ?? 0)
    map.upmapItems[PGID(pool: 1, seed: 0)] = [.init(from: row[row.startIndex], to: neighbour)]
    map.upmapItems[PGID(pool: 9, seed: 0)] = [.init(from: 1, to: 2)]
    map.upmapItems[PGID(pool: 1, seed: 1)] = [.init(from: 99, to: other)]
    let repair = UpmapRepair(map)
    #expect(repair.findings.map(\.group.description) == ["1.0", "1.1", "9.0"])
    #expect(repair.findings.compactMap(\.command).count == 3)
    #expect(UpmapRepair(with(repair.changes, map)).findings.isEmpty)
  }

  @Test func onlyWhatIsInScopeMoves() throws {
    var uneven = map
    uneven.pools[2] = nil
    uneven.pools[3] = .init(id: 3, name: "c", size: 3, minSize: 2, rule: 0, groups: 32)
    let use = ClusterUse(of: uneven)
    let balancing = Balancing(Balancer(uneven, use, scope: BalanceScope(pools: [3])), .use)
    #expect(balancing.rounds.joined().allSatisfy { $0.group.pool == 3 })
    let targets = Set(try uneven.crush.osds(below: "r1").map(Int32.init))
    let toRack = Balancing(Balancer(uneven, use, scope: BalanceScope(targets: targets)), .use)
    #expect(toRack.rounds.joined().flatMap(\.items).allSatisfy { targets.contains($0.to) })
  }
}
