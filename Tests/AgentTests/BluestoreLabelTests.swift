import Testing

@testable import HostAgent

/// The guard before every `mkfs`: what it takes for blank or half made is written over.
@Suite struct BluestoreLabelTests {
  private static let uuid = "aaaaaaaa-0000-4000-8000-000000000001"

  /// As Ceph encodes it: version, compatible version, length; UUID, size, time; description; the map.
  private func label(_ meta: [(String, String)]) -> [UInt8] {
    func number(_ value: Int) -> [UInt8] { (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
    func string(_ text: String) -> [UInt8] { number(text.utf8.count) + Array(text.utf8) }
    let body =
      [UInt8](repeating: 7, count: 16 + 8 + 8) + string("main") + number(meta.count)
      + meta.flatMap { string($0.0) + string($0.1) }
    let bytes = Array("bluestore block device\n\(Self.uuid)\n".utf8) + [2, 1] + number(body.count) + body
    return bytes + [UInt8](repeating: 0, count: 4096 - bytes.count)
  }

  @Test func readsALabel() throws {
    let label = try #require(BluestoreLabel(label([("whoami", "1"), ("ceph_fsid", "f"), ("ready", "ready")])))
    #expect(label.uuid == Self.uuid)
    #expect(label.meta == ["whoami": "1", "ceph_fsid": "f", "ready": "ready"])
    #expect(label.isReady)
    #expect(label.description == "OSD 1 (\(Self.uuid)) of cluster f")
  }

  @Test func withoutReadyItIsHalfMade() throws {
    #expect(try #require(BluestoreLabel(label([("whoami", "1")]))).isReady == false)
  }

  @Test func whatCannotBeReadMayBeFullOfData() throws {
    var bytes = label([("whoami", "1")])
    bytes.replaceSubrange(98..<102, with: [0xff, 0xff, 0xff, 0xff])
    let label = try #require(BluestoreLabel(bytes))
    #expect(label.uuid == Self.uuid)
    #expect(label.meta == nil)
    #expect(label.isReady)
    #expect(try #require(BluestoreLabel(Array(bytes.prefix(70)))).isReady)
  }

  @Test(arguments: [[], [0, 0, 0], Array("bluestore block device".utf8), Array(repeating: UInt8(0), count: 4096)])
  func otherBytesAreNoLabel(_ bytes: [UInt8]) {
    #expect(BluestoreLabel(bytes) == nil)
  }
}
