import Foundation
import TestSupport
import Testing

@testable import Crush

/// Beside Ceph's own osdmaptool (Debian: ceph-base), on maps made up from seeds.
@Suite struct OSDMapToolTests {
  /// `$VARDE_OSD_MAPS`; a short run otherwise.
  static let count = ProcessInfo.processInfo.environment["VARDE_OSD_MAPS"].flatMap { UInt64($0) } ?? 100

  @Test func groupsOfRandomMapsLieAlike() throws {
    let tool = try CephTools()
    defer { tool.clean() }
    var groups = 0
    for seed in 0..<Self.count {
      let random = RandomOSDMap(seed: seed)
      let crush = try tool.compile(random.crush.text)
      let binary = try tool.renew(random.encoded(crush))
      let fromBinary = try OSDMap(binary: binary)
      let fromJSON = try OSDMap(json: tool.osdDump(), crush: CrushMap(crush))
      let expected = try tool.placements()
      for (form, map) in [("binary", fromBinary), ("JSON", fromJSON)] {
        let lines = Self.lines(map)
        #expect(map.osds == random.map.osds, "seed \(seed), \(form)")
        guard lines == expected else {
          let first = zip(lines, expected).first { $0 != $1 }
          Issue.record("seed \(seed), \(form): \(String(describing: first)), \(lines.count) of \(expected.count) lines")
          continue
        }
        groups += lines.count
      }
    }
    print("\(groups) placement groups of \(Self.count) maps lie where osdmaptool has them")
  }

  /// As osdmaptool prints them.
  static func lines(_ map: OSDMap) -> [String] {
    map.pools.values.sorted { $0.id < $1.id }.flatMap { pool in
      let mapper = PoolMapper(map, pool)
      let work = mapper.workspace()
      return (0..<pool.groups).map { seed in
        let placement = mapper.placement(seed, work)
        func text(_ osds: [Int32], _ primary: Int32) -> String {
          "([\(osds.map(String.init).joined(separator: ","))], p\(primary))"
        }
        let first = placement.raw.first { $0 != CrushMapper.none } ?? -1
        return "\(PGID(pool: pool.id, seed: seed)) raw \(text(placement.raw, first))"
          + " up \(text(placement.up, placement.upPrimary))"
          + " acting \(text(placement.acting, placement.actingPrimary))"
      }
    }
  }
}
