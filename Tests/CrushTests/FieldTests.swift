import Foundation
import TestSupport
import Testing

@testable import Crush

/// Inputs from the field on which an earlier release was wrong, with the values that Ceph's own tools give.
@Suite struct FieldTests {
  private func mappings(_ path: String, rule: Int, size: Int, upTo last: UInt32) throws -> [[Int32]] {
    var found: [[Int32]] = []
    try CrushTest(CrushMap(FieldInput.data(path))).each(rule: rule, size: size, inputs: 0...last) { found.append($1) }
    return found
  }

  /// A cluster of files named as most of these are.
  private func cluster(_ folder: String) throws -> (map: OSDMap, use: ClusterUse) {
    let crush = try CrushMap(FieldInput.data("ceph/\(folder)/crush.json"))
    let map = try OSDMap(json: FieldInput.data("ceph/\(folder)/osd.json"), crush: crush)
    return (map, try ClusterUse(map, pgDump: FieldInput.data("ceph/\(folder)/pg.json"), osdDf: nil))
  }

  @Test func ofItemsWithoutWeightTheFirstIsTaken() throws {
    #expect(try mappings("ceph/straw2-all-zero/map.txt", rule: 0, size: 3, upTo: 2) == [[0], [0], [0]])
  }

  @Test func rulesThatRetryAcrossStepsAreMapped() throws {
    for file in ["msr.txt", "msr.json"] {
      #expect(
        try mappings("ceph/msr-rules/\(file)", rule: 0, size: 3, upTo: 0) == [[0, 6, 3]], "a plain rule, \(file)")
      #expect(try mappings("ceph/msr-rules/\(file)", rule: 1, size: 6, upTo: 0) == [[3, 2, 0, 1, 4, 5]], "\(file)")
    }
    let tuned = try CrushMap(FieldInput.data("ceph/msr-rules/tunable.txt"))
    #expect(tuned.tunables.msrDescents == 50 && tuned.tunables.msrCollisionTries == 100)
  }

  @Test func numbersThatAreNoneAreRead() throws {
    let crush = try CrushMap(FieldInput.data("ceph/osd-dump-inf/crush.json"))
    let map = try OSDMap(json: FieldInput.data("ceph/osd-dump-inf/osd.json"), crush: crush)
    #expect(!map.pools.isEmpty && map.tables(.acting).allSatisfy { !$0.osds.contains(CrushMapper.none) })
  }

  @Test func linesMayEndWithCarriageReturns() throws {
    let data = try FieldInput.data("ceph/crlf-text/map.txt")
    let plain = Data(String(decoding: data, as: UTF8.self).replacing("\r\n", with: "\n").utf8)
    #expect(try CrushMap(data) == CrushMap(plain))
  }

  /// Of this rule the monitors take every entry back.
  @Test func whatTheMonitorsTakeBackIsNotSaid() throws {
    let (map, use) = try cluster("verify-upmap-nested")
    let balancing = Balancing(Balancer(map, use), .room)
    var after = map
    for change in balancing.rounds.joined() { after.upmapItems[change.group] = change.items }
    #expect(UpmapCheck(after).findings == UpmapCheck(map).findings)
    #expect(balancing.report.stuckPools.isEmpty == false, "it is said why: \(balancing.report)")
  }

  @Test func aPlaceThatBecomesNoneEndsAnUpmap() throws {
    let (map, use) = try cluster("whatif-ec-none")
    let after = try map.after([.lose("h2")]).map
    let forecast = MovementForecast(from: map, to: after, use, domain: "host", rate: 1)
    #expect(forecast.movedShards == 16)
    #expect(abs(forecast.movedBytes / 0x1p30 - 138.3) < 0.05, "\(forecast.movedBytes / 0x1p30)")
  }

  /// Groups tell clients' bytes, and OSDs hold them compressed.
  @Test func whatIsForetoldOfCompressedDataIsWhatOSDsHold() throws {
    let (map, use) = try cluster("balance-compressed")
    let (held, shards) = (
      use.osds.reduce(0) { $0 + ($1?.used ?? 0) },
      map.pools.values.reduce(0) { sum, pool in
        sum + Double(pool.size) * (use.shards[pool.id] ?? []).reduce(0, +)
      }
    )
    #expect(abs(shards / held - 1) < 0.01)
    let balancing = Balancing(Balancer(map, use), .use)
    var after = map
    for change in balancing.rounds.joined() { after.upmapItems[change.group] = change.items }
    // What each OSD then really holds: two fifths of clients' bytes, and about a gigabyte beside them.
    let groups = try PGDump(FieldInput.data("ceph/balance-compressed/pg.json")).groups
    var really = Array(repeating: 1e9, count: map.osds.count)
    let tables = Dictionary(uniqueKeysWithValues: after.tables(.upmapped).map { ($0.pool.id, $0) })
    for group in groups {
      for osd in tables[group.id.pool]?[group.id.seed] ?? [] { really[Int(osd)] += group.bytes * 0.4 }
    }
    let fullest = really.indices.map { really[$0] / (use.osds[$0]?.size ?? .infinity) }.max() ?? 0
    let foretold = try #require(balancing.report.after.classes.first).max
    #expect(abs(foretold / fullest - 1) < 0.02, "foretold \(foretold), really \(fullest)")
    #expect(balancing.report.after.classes.allSatisfy { $0.min >= 0 })
  }
}
