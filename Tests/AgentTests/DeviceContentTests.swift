import Foundation
import Testing

@testable import HostAgent

/// What decides whether a disk is written over, on files that stand for disks.
@Suite struct DeviceContentTests {
  private static let size = 2 << 20

  private func content(_ offset: Int, _ bytes: [UInt8]) throws -> DeviceContent {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("varde-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var disk = [UInt8](repeating: 0, count: Self.size)
    disk.replaceSubrange(offset..<offset + bytes.count, with: bytes)
    #expect(FileManager.default.createFile(atPath: path, contents: Data(disk)))
    return try DeviceContent.read(path)
  }

  @Test func nothingButZerosIsBlank() throws {
    #expect(try content(0, [0]) == .blank)
    #expect(try DeviceContent.read("/dev/no-such-disk") == .absent)
    #expect(try DeviceContent.read("/tmp") == .foreign("a directory"))
  }

  @Test(
    arguments: [
      (0, Array("XFSB".utf8), "an XFS file system"), (1080, [0x53, 0xef], "an ext file system"),
      (65600, Array("_BHRfS_M".utf8), "a Btrfs file system"), (0, Array("LUKS".utf8), "a LUKS volume"),
      (512, Array("LABELONE".utf8), "an LVM physical volume"), (512, Array("EFI PART".utf8), "a GPT partition table"),
      (510, [0x55, 0xaa], "an MBR partition table"), (1 << 19, [1], "unknown data"),
    ] as [(Int, [UInt8], String)])
  func whatOthersWroteIsForeign(offset: Int, bytes: [UInt8], words: String) throws {
    #expect(try content(offset, bytes) == .foreign(words))
  }

  @Test func whatIsWipedIsBlank() throws {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("varde-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    #expect(FileManager.default.createFile(atPath: path, contents: Data(repeating: 7, count: 1 << 20)))
    #expect(try DeviceContent.read(path) == .foreign("unknown data"))
    try DeviceContent.wipe(path)
    #expect(try DeviceContent.read(path) == .blank)
  }
}
