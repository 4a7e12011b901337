import Foundation
import TestSupport
import Testing

@testable import Crush

@Suite struct ForecastTests {
  /// Three racks of two hosts of two OSDs, one pool of 128 groups of a GB.
  private func cluster() throws -> (map: OSDMap, use: ClusterUse) {
    var text = (0..<12).map { "device \($0) osd.\($0) class hdd\n" }.joined()
    text += "type 0 osd\ntype 1 host\ntype 3 rack\ntype 11 root\n"
    for host in 0..<6 {
      text += "host h\(host) {\n id -\(host + 2)\n alg straw2\n hash 0\n"
      text += " item osd.\(host * 2) weight 1.000\n item osd.\(host * 2 + 1) weight 1.000\n}\n"
    }
    for rack in 0..<3 {
      text += "rack r\(rack) {\n id -\(rack + 8)\n alg straw2\n hash 0\n"
      text += " item h\(rack * 2) weight 2.000\n item h\(rack * 2 + 1) weight 2.000\n}\n"
    }
    text += "root default {\n id -1\n alg straw2\n hash 0\n item r0 weight 4.000\n item r1 weight 4.000\n"
    text += " item r2 weight 4.000\n}\nrule by-host {\n id 0\n type replicated\n step take default class hdd\n"
    text += " step chooseleaf firstn 0 type host\n step emit\n}\n"
    var map = OSDMap()
    map.crush = try CrushMap(text: "tunable choose_total_tries 50\ntunable chooseleaf_stable 1\n" + text)
    map.osds = Array(repeating: OSDMap.OSD(exists: true, isUp: true, reweight: 0x10000), count: 12)
    map.pools[1] = OSDMap.Pool(id: 1, name: "vms", size: 2, minSize: 1, rule: 0, groups: 128)
    let use = ClusterUse(
      osds: Array(repeating: ClusterUse.OSD(size: 0x1p40, used: 128e9 * 2 / 12), count: 12),
      shards: [1: Array(repeating: 1e9, count: 128)])
    return (map, use)
  }

  private func forecast(_ changes: ClusterChange...) throws -> MovementForecast {
    let (map, use) = try cluster()
    let (after, added) = try map.after(changes)
    return MovementForecast(from: map, to: after, use.adding(added), domain: "rack", rate: 1e9)
  }

  @Test func whatStaysTheSameMovesNothing() throws {
    let same = try forecast(.reweight("osd.3", 1), .weight("osd.3", 1), .size(pool: "vms", size: 2))
    #expect(same.movedShards == 0 && same.shards == 256 && same.bytes == 256e9)
  }

  @Test func aNewRackGetsItsShare() throws {
    let path = ["root": "default", "rack": "r3", "host": "h6"].sorted { $0.key > $1.key }
    let grown = try forecast(
      .add(host: path.map { CrushMap.Place(type: $0.key, name: $0.value) }, osds: 4, size: 0x1p40, deviceClass: "hdd"))
    // A quarter of all, by lot.
    #expect((0.18...0.32).contains(grown.movedBytes / grown.bytes), "\(grown)")
    #expect(grown.flows.filter { $0.to == "r3" }.reduce(0) { $0 + $1.bytes } > 0.8 * grown.movedBytes)
    #expect(grown.missingShards == 0 && grown.lostGroups == 0)
    #expect((grown.fullest.first?.after ?? 1) <= (grown.fullest.first?.between ?? 0))
  }

  @Test func aLostRackIsMadeUpForByTheOthers() throws {
    let (map, use) = try cluster()
    let held = map.tables(.upmapped)[0].osds.count { $0 < 4 }
    let both = (0..<128 as Range<UInt32>).count { group in map.tables(.upmapped)[0][group].allSatisfy { $0 < 4 } }
    let (after, _) = try map.after([.lose("r0")])
    let lost = MovementForecast(from: map, to: after, use, domain: "rack", rate: 1e9)
    #expect(lost.movedShards >= held && lost.lostGroups == both)
    #expect(!lost.flows.contains { $0.to == "r0" })
  }

  @Test func anotherRuleAndWhatIsNotThere() throws {
    let moved = try forecast(
      .newRule(name: "by-rack", root: "default", domain: "rack", deviceClass: "hdd"),
      .rule(pool: "vms", rule: "by-rack"))
    #expect(moved.movedShards > 0 && moved.movedShards < 128)
    #expect { try forecast(.lose("r9")) } throws: { "\($0)".contains("there is no 'r9'") }
    #expect { try forecast(.rule(pool: "vms", rule: "x")) } throws: { "\($0)".contains("there are by-host") }
    #expect { try forecast(.size(pool: "x", size: 2)) } throws: { "\($0)".contains("there are vms") }
  }

  /// Half a dump, one without bytes, and one of another cluster would give a forecast all the same.
  @Test func aDumpThatDoesNotFitIsRefused() throws {
    let (map, _) = try cluster()
    let pool = try #require(map.pools.values.first)
    let mapper = PoolMapper(map, pool)
    let work = mapper.workspace()
    let groups = (0..<pool.groups).map { seed in
      (id: PGID(pool: pool.id, seed: seed), up: mapper.placement(seed, work).up.map(Int.init))
    }
    func use(_ groups: some Sequence<(id: PGID, up: [Int])>, _ sum: String = #""stat_sum":{"num_bytes":1},"#) throws {
      let stats = groups.map { #"{\#(sum)"pgid":"\#($0.id)","up":\#($0.up),"acting":\#($0.up)}"# }
      _ = try ClusterUse(map, pgDump: Data(#"{"pg_stats":[\#(stats.joined(separator: ","))]}"#.utf8), osdDf: nil)
    }
    func refusal(_ body: () throws -> Void) -> String {
      do { try body() } catch { return "\(error)" }
      return "none"
    }
    #expect(refusal { try use(groups) } == "none")
    #expect(refusal { try use(groups.dropLast(Int(pool.groups) / 2)) }.contains("it is not whole"))
    #expect(refusal { try use(groups, "") }.contains("pgs_brief"))
    #expect(refusal { try use(groups.map { ($0.id, [0, 0, 0]) }) }.contains("lie elsewhere"))
    #expect(refusal { _ = try ClusterUse(map, pgDump: Data("{}".utf8), osdDf: nil) }.contains("no 'pg_stats'"))
  }

  /// As crushtool changes a map.
  @Test func aDeviceIsAddedAsCrushtoolDoes() throws {
    let tool = try CephTools()
    defer { tool.clean() }
    for seed in 0..<20 as Range<UInt64> {
      let random = RandomMap(seed: seed)
      guard !random.text.contains("class"), !random.text.contains("choose_args"), random.text.contains("host0") else {
        continue
      }
      _ = try tool.compile(random.text)
      let theirs = try CrushMap(try tool.adding(device: random.devices, weight: 3, host: "newcomer"))
      var ours = try CrushMap(text: random.text)
      try ours.edit { map throws(CrushMapError) in
        try map.add(
          device: random.devices, weight: 3 << 16, deviceClass: nil,
          path: [CrushMap.Place(type: "root", name: "root0"), CrushMap.Place(type: "host", name: "newcomer")])
      }
      for (rule, _) in random.rules {
        let (a, b) = (try mapped(theirs, rule), try mapped(ours, rule))
        #expect(a == b, "seed \(seed), rule \(rule)")
      }
    }
  }

  /// Buckets and shadow trees get numbers, which go into hashes.
  @Test func aDeviceIsAddedToEveryFormAlike() throws {
    let tool = try CephTools()
    defer { tool.clean() }
    var compared = 0
    for seed in 0..<60 as Range<UInt64> {
      let random = RandomMap(seed: seed)
      let binary = try CrushMap(try tool.compile(random.text))
      let dump = try CrushMap(try tool.crushDump())
      guard Set(binary.classes.values).count > 1, let root = binary.item(named: "root0"),
        let type = binary.types[binary.buckets[root]?.type ?? -1], binary.types.values.contains("host"), type != "host"
      else { continue }
      compared += 1
      let path = [CrushMap.Place(type: type, name: "root0"), CrushMap.Place(type: "host", name: "newcomer")]
      var maps: [CrushMap] = []
      for (map, path) in [(binary, path), (dump, path), (dump, path.reversed())] {
        var map = map
        try map.edit { map throws(CrushMapError) in
          try map.add(
            device: random.devices, weight: 3 << 16, deviceClass: binary.classes.values.min(), path: path)
        }
        maps.append(map)
      }
      for (rule, _) in random.rules {
        let expected = try mapped(maps[0], rule)
        #expect(
          try mapped(maps[1], rule) == expected && mapped(maps[2], rule) == expected, "seed \(seed), rule \(rule)")
      }
    }
    #expect(compared > 3)
  }

  private func mapped(_ map: CrushMap, _ rule: Int) throws -> [String] {
    try CrushTest(map).mappings(rule: rule, size: 3, inputs: 0...200)
  }
}
