import Foundation
import TestSupport
import Testing

@testable import Crush

/// What files of a cluster are, and what stands around their JSON.
@Suite struct ClusterDumpTests {
  private let folder = "ceph/prove-one-inactive"

  @Test func filesAreKnownByWhatIsInThem() throws {
    let kinds = try ["osd", "crush", "pg", "tree"].map { try ClusterDump(FieldInput.data("\(folder)/\($0).json")) }
    #expect(kinds == [.osdDump, .crushDump, .pgDump, .osdTree])
    #expect(try ClusterDump(FieldInput.data("ceph/crlf-text/map.txt")) == .crushMap)
    #expect(ClusterDump(Data("{\"a\": 1}".utf8)) == nil)
    #expect(ClusterDump(Data()) == nil)
  }

  /// A line before it, a warning behind it, byte order marks, UTF-16, carriage returns, numbers that are none.
  @Test func whatStandsAroundJSONDoesNotMatter() throws {
    let crush = try CrushMap(FieldInput.data("\(folder)/crush.json"))
    let plain = try FieldInput.data("\(folder)/osd.json")
    let expected = try OSDMap(json: plain, crush: crush).tables(.upmapped).map(\.osds)
    let text = String(decoding: plain, as: UTF8.self)
    let forms: [Data] = [
      Data("dumped all\n".utf8) + plain, plain + Data("\ndumped all\n".utf8), Data([0xef, 0xbb, 0xbf]) + plain,
      Data("2026-12-01T10:00:00 7f warning: [x]\n".utf8) + plain, Data(text.replacing("\n", with: "\r\n").utf8),
      text.data(using: .utf16) ?? Data(),
      Data(text.replacing("\"max_osd\"", with: "\"score\": -nan, \"other\": inf, \"max_osd\"").utf8),
    ]
    for (number, form) in forms.enumerated() {
      #expect(try OSDMap(json: form, crush: crush).tables(.upmapped).map(\.osds) == expected, "form \(number)")
    }
    let groups = try FieldInput.data("\(folder)/pg.json")
    let count = try PGDump(groups).groups.count
    for form in [Data("dumped all\n".utf8) + groups, Data([0xef, 0xbb, 0xbf]) + groups] {
      #expect(try PGDump(form).groups.count == count)
    }
    #expect(try PGDump(Data("{\"x\": nan, \"y\": [-inf, -nan], \"pg_stats\": []}".utf8)).groups.isEmpty)
  }

  @Test func aReportHasTheMapsOfACluster() throws {
    let parts = try ["osd", "crush"].map {
      String(decoding: try FieldInput.data("\(folder)/\($0).json"), as: UTF8.self)
    }
    let sums = #""pool_stats": [{"poolid": 1, "stat_sum": {"num_bytes": 1000000}}]"#
    let report = Data(
      "report 1234\n{\"version\": \"18.2.7\", \"osdmap\": \(parts[0]), \"crushmap\": \(parts[1]), \(sums)}".utf8)
    #expect(ClusterDump(report) == .report)
    let found = try ClusterDump.parts(ofReport: report)
    let map = try OSDMap(json: #require(found[.osdDump]), crush: CrushMap(#require(found[.crushDump])))
    let use = try ClusterUse(map, pgDump: found[.pgDump], osdDf: nil)
    let pool = try #require(map.pools[1])
    #expect(abs((use.shards[1] ?? []).reduce(0, +) - 1_000_000 / Double(pool.dataShards)) < 1)
    #expect(throws: CrushMapError.self) { try ClusterDump.parts(ofReport: Data("{\"osdmap\": {}}".utf8)) }
  }
}
