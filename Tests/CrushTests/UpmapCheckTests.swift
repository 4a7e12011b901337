import Foundation
import TestSupport
import Testing

@testable import Crush

/// What the monitors do to upmap entries, beside Ceph's own osdmaptool (Debian: ceph-base), on maps made up from seeds.
@Suite struct UpmapCheckTests {
  @Test func whatTheMonitorsTakeBackIsKnown() throws {
    let tool = try CephTools()
    defer { tool.clean() }
    var entries = 0
    for seed in 0..<OSDMapToolTests.count {
      let random = RandomOSDMap(seed: seed)
      let map = try OSDMap(binary: tool.renew(random.encoded(tool.compile(random.crush.text))))
      let expected = try tool.upmapCleanup()
      let found = UpmapCheck(map).findings.flatMap { Self.commands($0, map) }
      #expect(Set(found) == Set(expected), "seed \(seed)")
      entries += map.upmaps.count + map.upmapItems.count
    }
    print("\(entries) upmap entries are kept and taken back as osdmaptool does")
  }

  private static func commands(_ finding: UpmapCheck.Finding, _ map: OSDMap) -> [String] {
    guard finding.items.isEmpty else {
      return [Balancer.Change(group: finding.group, items: finding.items).line]
    }
    return (map.upmaps[finding.group] == nil ? [] : ["ceph osd rm-pg-upmap \(finding.group)"])
      + (map.upmapItems[finding.group] == nil ? [] : ["ceph osd rm-pg-upmap-items \(finding.group)"])
  }
}
