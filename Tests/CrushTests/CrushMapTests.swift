import Foundation
import TestSupport
import Testing

@testable import Crush

@Suite struct CrushMapTests {
  private let text = """
    device 0 osd.0 class hdd
    device 1 osd.1 class ssd
    type 0 osd
    type 1 root
    root default {
      id -1
      alg straw2
      hash 0
      item osd.0 weight 1.000
      item osd.1 weight 0.500
    }
    rule any {
      id 0
      type replicated
      step take default class hdd
      step choose firstn 0 type osd
      step emit
    }
    """

  @Test func aTextIsRead() throws {
    let map = try CrushMap(text: text)
    #expect(map.maxDevices == 2 && map.buckets[-1]?.weights == [0x10000, 0x8000])
    #expect(map.tunables == .legacy, "what a text does not name is as it was at first")
    let shadow = try #require(map.shadows[-1]?["hdd"])
    #expect(map.buckets[shadow]?.items == [0] && map.names[shadow] == "default~hdd")
    #expect(map.rules[0]?.steps.first == .take(shadow))
  }

  @Test(arguments: [
    ("type 1 root", "type 1 rute", "line 5: 'root' is neither a type of this map nor a word that begins something"),
    ("item osd.1", "item osd.7", "line 10: item 'osd.7' is not there yet"),
    ("alg straw2", "alg straw3", "line 7: there is no algorithm 'straw3'"),
    (
      "class hdd\n  step choose", "class nvme\n  step choose",
      "line 15: no device of 'default' is of class 'nvme'"
    ),
    ("weight 0.500", "weight many", "line 10: 'many' is no weight"),
    ("step emit\n}", "step emit\n", "line 17: the text ends where '}' is expected"),
    ("device 1 osd.1", "device 1 osd.0", "line 2: 'osd.0' is there twice"),
    ("id 0", "id 99999999999", "line 13: '99999999999' is no number"),
  ]) func whatIsWrongIsNamedAtItsLine(_ old: String, _ new: String, _ message: String) throws {
    let broken = text.replacing(old, with: new)
    try #require(broken != text, "\(old)")
    #expect { try CrushMap(text: broken) } throws: { "\($0)".contains(message) }
  }

  /// The binary form of `text`, but for names and rules; bucket -1 holds what is given.
  private func binary(items: [Int32]) -> [UInt8] {
    func bytes(_ numbers: [any FixedWidthInteger]) -> [UInt8] {
      numbers.flatMap { number in (0..<number.bitWidth / 8).map { UInt8(truncatingIfNeeded: Int64(number) >> ($0 * 8)) }
      }
    }
    let head: [any FixedWidthInteger] = [UInt32(0x10000), Int32(1), UInt32(0), Int32(2), UInt32(5), Int32(-1)]
    let bucket: [any FixedWidthInteger] = [UInt16(1), UInt8(5), UInt8(0), UInt32(0x20000), UInt32(items.count)]
    let weights = items.map { _ in UInt32(0x10000) }
    return bytes(head + bucket + items + weights + [UInt32(0), UInt32(0), UInt32(0)])
  }

  @Test func aBinaryMapIsReadAndACutOffOneIsRefused() throws {
    let whole = binary(items: [0, 1])
    let map = try CrushMap(Data(whole))
    #expect(map.buckets[-1]?.items == [0, 1] && map.maxDevices == 2)
    for length in 4..<whole.count {
      #expect(throws: CrushMapError.self) { try CrushMap(Data(whole.prefix(length))) }
    }
  }

  @Test func aBucketInItselfIsRefused() {
    #expect { try CrushMap(Data(binary(items: [0, -1]))) } throws: { "\($0)" == "bucket -1 lies in itself" }
  }

  /// Whatever the bytes are: an error or a map, and no crash.
  @Test func bytesAtRandomAreNoHarm() throws {
    var random = SplitMix64(7)
    let whole = binary(items: [0, 1])
    for _ in 0..<20_000 {
      var bytes = whole
      for _ in 0...Int.random(in: 0..<4, using: &random) {
        bytes[Int.random(in: 4..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
      }
      guard let map = try? CrushMap(Data(bytes)) else { continue }
      _ = CrushMapper(map)
    }
  }
}
