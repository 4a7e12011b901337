import Foundation
import TestSupport
import Testing

@testable import Crush

/// Beside Ceph's own crushtool (Debian: ceph-base), on maps made up from seeds.
@Suite struct CrushToolTests {
  /// `$VARDE_CRUSH_MAPS`; a short run otherwise.
  private static let count =
    ProcessInfo.processInfo.environment["VARDE_CRUSH_MAPS"].flatMap { UInt64($0) } ?? 100

  @Test func randomMapsAreMappedAlike() throws {
    let tool = try CephTools()
    defer { tool.clean() }
    var mappings = 0
    for seed in 0..<Self.count {
      let random = RandomMap(seed: seed)
      let binary = try tool.compile(random.text)
      let fromText = try CrushMap(text: random.text)
      let fromBinary = try binary.withUnsafeBytes { try CrushMap(binary: $0) }
      let fromJSON = try CrushMap(tool.crushDump())
      var generator = SplitMix64(seed)
      for (rule, _) in random.rules {
        let size = Int.random(in: 1...12, using: &generator)
        let expected = try tool.mappings(rule: rule, size: size, upTo: 99, reweights: random.reweights)
        for (form, map) in [("text", fromText), ("binary", fromBinary), ("JSON", fromJSON)] {
          let lines = try CrushTest(map, reweights: random.reweights).mappings(rule: rule, size: size, inputs: 0...99)
          guard lines == expected else {
            let first = zip(lines, expected).first { $0 != $1 }
            Issue.record("seed \(seed), rule \(rule), \(size) replicas, \(form): \(String(describing: first))")
            continue
          }
          mappings += lines.count
        }
      }
    }
    print("\(mappings) mappings of \(Self.count) maps are those of crushtool")
  }
}
