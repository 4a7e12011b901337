import Foundation
import TestSupport
import Testing

@testable import Crush

/// Mutations of maps and dumps: each gives an error or a map, in its time, and what is mapped ends.
@Suite struct MapFuzzTests {
  private static let words = [
    "-1", "4294967296", "{", "]", "step emit", "choose_args", "\u{0}\u{0}\u{0}\u{0}", "\"pgid\":", "1e999",
  ]

  @Test func crushMaps() throws {
    let tool = try CephTools()
    defer { tool.clean() }
    var corpus: [[UInt8]] = []
    for seed in [1, 4, 9] as [UInt64] {
      let text = RandomMap(seed: seed).text
      corpus += [Array(text.utf8), Array(try tool.compile(text)), Array(try tool.crushDump())]
    }
    corpus += [Array(RandomMSRMap(seed: 2).text.utf8), Array(try FieldInput.data("ceph/msr-rules/msr.json"))]
    check(
      Fuzz.run("crush", corpus: corpus, words: Self.words) { input in
        guard let map = try? CrushMap(Data(input)) else { return false }
        for rule in map.rules.keys.prefix(2) {
          try? CrushTest(map).each(rule: rule, size: 4, inputs: 0...1) { _, _ in }
        }
        return true
      })
  }

  @Test func osdMaps() throws {
    let tool = try CephTools()
    defer { tool.clean() }
    let random = RandomOSDMap(seed: 3)
    let crush = try tool.compile(random.crush.text)
    let binary = try tool.renew(random.encoded(crush))
    let dump = try tool.osdDump()
    let map = try CrushMap(crush)
    check(
      Fuzz.run("osdmap", corpus: [Array(binary), Array(dump)], words: Self.words) { input in
        let read =
          input.first == UInt8(ascii: "{") || input.first == UInt8(ascii: "\n")
          ? try? OSDMap(json: Data(input), crush: map) : try? OSDMap(binary: Data(input))
        guard let read else { return false }
        for pool in read.pools.values where pool.groups < 100 {
          let mapper = PoolMapper(read, pool)
          let work = mapper.workspace()
          for seed in 0..<min(pool.groups, 4) { _ = mapper.placement(seed, work) }
        }
        return true
      })
  }

  @Test func pgDumps() throws {
    let dump = """
      {"pg_ready":true,"pg_map":{"pg_stats":[{"pgid":"1.0","state":"active+clean","up":[],"acting":[0,1],
      "stat_sum":{"num_bytes":4096,"num_objects":1,"num_omap_bytes":12}},{"pgid":"1.1","acting":[2147483647,1],
      "stat_sum":{"num_bytes":1.5e9}}],"osd_stats":[{"osd":0,"kb":100,"kb_avail":50,"statfs":{"total":102400,
      "available":51200}},{"osd":1,"kb":1,"kb_avail":1}]}}
      """
    var map = OSDMap()
    map.osds = Array(repeating: OSDMap.OSD(exists: true, isUp: true, reweight: 0x10000), count: 2)
    map.pools[1] = OSDMap.Pool(id: 1, name: "p", size: 2, minSize: 1, rule: 0, groups: 2)
    check(
      Fuzz.run("pgdump", corpus: [Array(dump.utf8)], words: Self.words) { input in
        (try? ClusterUse(map, pgDump: Data(input), osdDf: nil)) != nil
      })
  }

  /// What is told of a file by what is in it, a report taken apart, and what stands around JSON.
  @Test func dumpsOfAnyKind() throws {
    let report = """
      report 77
      {"version":"18.2.7","score":-nan,"osdmap":{"max_osd":1,"osds":[{"osd":0,"up":1,"weight":1}],"pools":[]},
      "crushmap":{"devices":[],"types":[],"buckets":[],"rules":[],"tunables":{"choose_local_tries":0,
      "choose_local_fallback_tries":0,"choose_total_tries":50,"chooseleaf_descend_once":1}},"pool_stats":[{"poolid":1,
      "stat_sum":{"num_bytes":5},"store_stats":{"allocated":7}}]}
      """
    let tree = try FieldInput.data("ceph/prove-datacenter/tree.json")
    check(
      Fuzz.run("dumps", corpus: [Array(report.utf8), Array(tree)], words: Self.words + ["nan", "-inf", "\u{feff}"]) {
        input in
        let data = Data(input)
        _ = CephJSON.plain(data)
        guard ClusterDump(data) != nil, let parts = try? ClusterDump.parts(ofReport: data) else { return false }
        return (try? OSDMap(json: parts[.osdDump] ?? Data(), crush: CrushMap(parts[.crushDump] ?? Data()))) != nil
      })
  }

  private func check(_ report: Fuzz.Report) {
    #expect(report.longest < 10, "\(report.slowest.count) bytes took \(report.longest) s")
    #expect(report.accepted < report.inputs)
  }
}
