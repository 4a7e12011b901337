import Glibc

/// What a device, or the file that stands for one, holds.
enum DeviceContent: Hashable {
  /// Neither a device nor a file is there.
  case absent
  /// Its first MiB is zero.
  case blank
  case osd(BluestoreLabel)
  /// In words: `an XFS file system`.
  case foreign(String)

  private static let examined = 1 << 20

  static func read(_ path: String) throws -> DeviceContent {
    guard let status = FileSystem.target(path) else { return .absent }
    guard [S_IFREG, S_IFBLK].contains(status.kind) else { return .foreign("a \(status.kindName)") }
    let head = try FileSystem.read(path, limit: examined)
    if let label = BluestoreLabel(head) { return .osd(label) }
    if let words = signature(in: head) { return .foreign(words) }
    return head.allSatisfy { $0 == 0 } ? .blank : .foreign("unknown data")
  }

  /// Makes a device blank, as far as `read` looks.
  static func wipe(_ path: String) throws {
    let descriptor = try check(open(path, O_WRONLY | O_CLOEXEC), path)
    defer { close(descriptor) }
    try writeAll([UInt8](repeating: 0, count: examined), to: descriptor, path)
    try check(fsync(descriptor), path)
  }

  /// Where the usual formats put their magic numbers; as in util-linux's libblkid.
  private static func signature(in head: [UInt8]) -> String? {
    let signatures: [(offset: Int, magic: [UInt8], words: String)] = [
      (0, Array("XFSB".utf8), "an XFS file system"),
      (1080, [0x53, 0xef], "an ext file system"),
      (65600, Array("_BHRfS_M".utf8), "a Btrfs file system"),
      (0, Array("LUKS".utf8), "a LUKS volume"),
      (512, Array("LABELONE".utf8), "an LVM physical volume"),
      (4096, [0xfc, 0x4e, 0x2b, 0xa9], "a member of an MD array"),
      (4086, Array("SWAPSPACE2".utf8), "swap space"),
      (512, Array("EFI PART".utf8), "a GPT partition table"),
      (4096, Array("EFI PART".utf8), "a GPT partition table"),
      (510, [0x55, 0xaa], "an MBR partition table"),
    ]
    return signatures.first { head.dropFirst($0.offset).starts(with: $0.magic) }?.words
  }
}
