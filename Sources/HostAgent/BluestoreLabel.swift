/// What BlueStore writes at the start of a device: `bluestore_bdev_label_t` of Ceph's src/os/bluestore.
struct BluestoreLabel: Hashable {
  var uuid: String
  /// Of the OSD: `whoami`, `ceph_fsid`, `ready`, …; also `osd_key`, a secret. `nil`: in a form that is not known here.
  var meta: [String: String]?

  /// In bytes.
  static let length = 4096

  private static let magic = Array("bluestore block device\n".utf8)
  private static let uuidLength = 36

  /// `nil`: no label.
  init?(_ bytes: [UInt8]) {
    let start = Self.magic.count
    guard bytes.count > start + Self.uuidLength, bytes.starts(with: Self.magic) else { return nil }
    uuid = String(decoding: bytes[start..<start + Self.uuidLength], as: UTF8.self)
    meta = Self.meta(bytes[(start + Self.uuidLength + 1)...])
  }

  /// `mkfs` writes it last. What cannot be read may be an OSD full of data.
  var isReady: Bool { meta.map { $0["ready"] != nil } ?? true }

  var description: String {
    "OSD \(meta?["whoami"] ?? "?") (\(uuid)) of cluster \(meta?["ceph_fsid"] ?? "?")"
  }

  /// Version, compatible version and length of the encoding; UUID, size, time; description; then the map.
  private static func meta(_ bytes: ArraySlice<UInt8>) -> [String: String]? {
    var reader = LittleEndianReader(bytes)
    guard let version = reader.integer(UInt8.self), version >= 2 else { return nil }
    reader.skip(1 + 4 + 16 + 8 + 8)
    guard reader.string() != nil, let count = reader.integer(UInt32.self) else { return nil }
    var meta: [String: String] = [:]
    for _ in 0..<min(count, 64) {
      guard let key = reader.string(), let value = reader.string() else { return nil }
      meta[key] = value
    }
    return meta
  }
}

/// Ceph's encoding of numbers and strings.
private struct LittleEndianReader {
  private var rest: ArraySlice<UInt8>

  init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

  mutating func skip(_ count: Int) { rest = rest.dropFirst(count) }

  mutating func integer<Number: FixedWidthInteger>(_ type: Number.Type) -> Number? {
    let size = Number.bitWidth / 8
    guard rest.count >= size else { return nil }
    defer { skip(size) }
    return rest.prefix(size).reversed().reduce(0) { $0 << 8 | Number($1) }
  }

  mutating func string() -> String? {
    guard let count = integer(UInt32.self), count <= rest.count else { return nil }
    defer { skip(Int(count)) }
    return String(decoding: rest.prefix(Int(count)), as: UTF8.self)
  }
}
