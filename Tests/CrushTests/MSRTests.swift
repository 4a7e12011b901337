import Foundation
import TestSupport
import Testing

@testable import Crush

/// Rules that retry across steps, as crushtool 20.2.4 maps them: recorded, for Debian's own does not know them yet.
/// `VARDE_CRUSHTOOL_20` names one that does: then more maps, and the record is written anew.
@Suite struct MSRTests {
  private static let tool = ProcessInfo.processInfo.environment["VARDE_CRUSHTOOL_20"]
  private static let record = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("msr-mappings.txt")

  private func mappings(_ map: CrushMap, _ random: RandomMSRMap, upTo last: UInt32) throws -> [String] {
    try random.rules.flatMap {
      try CrushTest(map, reweights: random.reweights).mappings(rule: $0, size: random.size, inputs: 0...last)
    }
  }

  @Test func rulesAreMappedAsRecorded() throws {
    var lines = try String(contentsOf: Self.record, encoding: .utf8).split(separator: "\n").map(String.init)[...]
    for seed in 0..<UInt64(60) {
      let random = RandomMSRMap(seed: seed)
      let found = try mappings(CrushMap(text: random.text), random, upTo: 9)
      #expect(Array(lines.prefix(found.count)) == found, "seed \(seed)")
      lines = lines.dropFirst(found.count)
    }
    #expect(lines.isEmpty)
  }

  @Test(.enabled(if: tool != nil, "VARDE_CRUSHTOOL_20 names no crushtool")) func rulesAreMappedAsByTheTool() throws {
    let tool = try CephTools(crushtool: Self.tool)
    defer { tool.clean() }
    var recorded = ""
    for seed in 0..<UInt64(300) {
      let random = RandomMSRMap(seed: seed)
      let binary = try tool.compile(random.text)
      let last = seed < 60 ? 9 : 99
      let expected = try random.rules.flatMap {
        try tool.mappings(rule: $0, size: random.size, upTo: last, reweights: random.reweights)
      }
      let forms = [
        ("text", try CrushMap(text: random.text)), ("binary", try CrushMap(binary)),
        ("JSON", try CrushMap(tool.crushDump())),
      ]
      for (form, map) in forms {
        let found = try mappings(map, random, upTo: UInt32(last))
        #expect(found == expected, "seed \(seed), \(form): \(zip(found, expected).first { $0 != $1 } ?? ("", ""))")
      }
      if seed < 60 { recorded += expected.map { $0 + "\n" }.joined() }
    }
    try recorded.write(to: Self.record, atomically: true, encoding: .utf8)
  }
}
