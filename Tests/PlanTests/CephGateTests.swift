import Crush
import Foundation
import Plan
import Testing

@testable import Ceph

/// Gates of Ceph as far as nobody has to be asked.
@Suite struct CephGateTests {
  /// Six OSDs in a bucket, and a pool of 8 groups on two of them each.
  private func map() throws -> OSDMap {
    let items = (0..<6).map { "item osd.\($0) weight 1.00000" }.joined(separator: "\n")
    let devices = (0..<6).map { "device \($0) osd.\($0)" }.joined(separator: "\n")
    var map = OSDMap()
    map.crush = try CrushMap(
      text: """
        \(devices)
        type 0 osd
        type 1 root
        root default {
        id -1
        alg straw2
        hash 0
        \(items)
        }
        rule replicated {
        id 0
        type replicated
        step take default
        step choose firstn 0 type osd
        step emit
        }
        """)
    map.osds = (0..<6).map { _ in OSDMap.OSD(exists: true, isUp: true, reweight: 0x10000) }
    map.pools[1] = OSDMap.Pool(
      id: 1, name: "vms", size: 2, minSize: 1, rule: 0, groups: 8)
    return map
  }

  /// What managers tell that have heard of everything, as `ceph pg dump pgs_brief -f json` prints it.
  private func told(_ map: OSDMap, _ state: (PGID) -> String = { _ in "active+clean" }) throws -> [PGDump.Group] {
    let mapper = PoolMapper(map, try #require(map.pools[1]))
    let work = mapper.workspace()
    let groups = (0..<UInt32(8)).map { seed in
      let id = PGID(pool: 1, seed: seed)
      let up = mapper.placement(seed, work).up
      return #"{"pgid":"\#(id)","state":"\#(state(id))","up":\#(up),"acting":\#(up)}"#
    }
    return try PGDump(Data(#"{"pg_ready":true,"pg_stats":[\#(groups.joined(separator: ","))]}"#.utf8)).groups
  }

  @Test func aGroupIsCleanOnlyWhereTheMapHasIt() throws {
    var map = try map()
    let before = try told(map)
    #expect(CephGates.areClean(before, in: map) == .open)
    let moved = before[5]
    let other = try #require((0..<6).first { !moved.up.contains($0) })
    map.upmapItems[moved.id] = [OSDMap.Replacement(from: moved.up[1], to: other)]
    #expect(
      CephGates.areClean(before, in: map)
        == .closed("placement group 1.5 has not told how it is since the map has changed"))
    #expect(CephGates.areClean(try told(map), in: map) == .open)
    let copying = try told(map) { $0 == moved.id ? "active+remapped+backfilling" : "active+clean" }
    #expect(CephGates.areClean(copying, in: map) == .closed("placement group 1.5 is active+remapped+backfilling"))
    #expect(CephGates.areClean(Array(before.dropLast()), in: try self.map()) != .open, "one is not told of at all")
  }
}
