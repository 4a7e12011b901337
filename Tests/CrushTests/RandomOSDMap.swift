import Crush
import Foundation
import TestSupport

/// An OSD map made up from a seed, around a CRUSH map that was: pools of all kinds, OSDs that are down, out, partly out or do
/// not exist, affinities, and things said of single groups.
struct RandomOSDMap {
  /// Without its CRUSH map.
  private(set) var map = OSDMap()
  let crush: RandomMap

  init(seed: UInt64) {
    crush = RandomMap(seed: seed)
    var random = SplitMix64(seed ^ 0x05d)
    func chance(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
    let extra = Int.random(in: 0...2, using: &random)
    let hasAffinities = chance(50)
    for _ in 0..<crush.devices + extra {
      let affinity = hasAffinities && chance(40) ? UInt32.random(in: 0...0x10000, using: &random) : 0x10000
      let reweight: UInt32 = chance(75) ? 0x10000 : [0, 0x4000, 0xb333].randomElement(using: &random) ?? 0
      map.osds.append(
        chance(95)
          ? OSDMap.OSD(exists: true, isUp: chance(90), reweight: reweight, primaryAffinity: affinity) : OSDMap.OSD())
    }
    for id in 1...Int64.random(in: 1...4, using: &random) {
      let groups = UInt32.random(in: 1...40, using: &random)
      let rule = crush.rules.randomElement(using: &random) ?? (0, false)
      map.pools[id] = OSDMap.Pool(
        id: id, name: "pool\(id)", isErasure: rule.isErasure, size: Int.random(in: 1...12, using: &random), minSize: 1,
        rule: rule.id, groups: groups,
        placedGroups: chance(60) ? groups : UInt32.random(in: 1...groups, using: &random), hashesNumber: chance(80))
    }
    let last = Int32(map.osds.count - 1)
    func osd() -> Int32 { Int32.random(in: 0...last, using: &random) }
    for pool in map.pools.values.sorted(by: { $0.id < $1.id }) {
      for seed in 0..<pool.groups {
        let group = PGID(pool: pool.id, seed: seed)
        if chance(15) { map.pgTemp[group] = (0..<pool.size).map { _ in osd() } }
        if chance(10) { map.primaryTemp[group] = osd() }
        if chance(10) { map.upmaps[group] = (0..<pool.size).map { _ in osd() } }
        if chance(40) {
          map.upmapItems[group] = (0..<Int.random(in: 1...3, using: &random)).map { _ in
            OSDMap.Replacement(from: osd(), to: osd())
          }
        }
      }
    }
  }

  /// The form of Ceph 12, which later ones read.
  ///
  /// - Parameter crush: the binary form
  func encoded(_ crush: Data) -> Data { EncodedOSDMap.data(map, crush) }
}
