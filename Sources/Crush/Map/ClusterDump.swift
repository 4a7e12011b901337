import Foundation

/// What a file from a cluster is, told by what is in it.
public enum ClusterDump: Sendable, Hashable, CaseIterable {
  case osdDump, crushDump, pgDump, osdTree, osdDf, monDump
  /// `ceph report`: the maps and sums of a cluster in one.
  case report
  /// Binary maps, or a CRUSH map as text.
  case osdMap, crushMap

  /// The command that prints it.
  public var command: String {
    switch self {
    case .osdDump: "ceph osd dump"
    case .crushDump: "ceph osd crush dump"
    case .pgDump: "ceph pg dump"
    case .osdTree: "ceph osd tree"
    case .osdDf: "ceph osd df"
    case .monDump: "ceph mon dump"
    case .report: "ceph report"
    case .osdMap: "ceph osd getmap"
    case .crushMap: "ceph osd getcrushmap"
    }
  }

  /// `nil`: none of these.
  public init?(_ data: Data) {
    if let kind = Self.binary(data) {
      self = kind
      return
    }
    let text = CephJSON.asUTF8(data)
    guard let keys = try? text.reading({ bytes throws(CrushMapError) in try Self.keys(bytes) }) else {
      let words = String(decoding: text.prefix(1 << 20), as: UTF8.self)
      guard words.contains("\ndevice ") || words.hasPrefix("device ") || words.contains("\ntype ") else { return nil }
      self = .crushMap
      return
    }
    let signs: [(ClusterDump, Set<String>)] = [
      (.report, ["osdmap", "crushmap"]), (.crushDump, ["buckets", "rules"]), (.osdDump, ["osds", "pools"]),
      (.pgDump, ["pg_stats"]), (.pgDump, ["pg_map"]), (.monDump, ["mons"]), (.osdTree, ["nodes", "stray"]),
      (.osdDf, ["nodes", "summary"]), (.pgDump, ["pgid"]),
    ]
    guard let found = signs.first(where: { keys.isSuperset(of: $0.1) }) else { return nil }
    self = found.0
  }

  private static func binary(_ data: Data) -> ClusterDump? {
    if data.starts(with: [0, 0, 1, 0]) { return .crushMap }
    // A version, the oldest that reads it, and a length that fits.
    guard data.count > 6, data.prefix(64).contains(0) else { return nil }
    return data.first.map { (1...32).contains($0) } == true ? .osdMap : nil
  }

  /// Of an object, or of the first object of an array.
  private static func keys(_ bytes: UnsafeRawBufferPointer) throws(CrushMapError) -> Set<String> {
    var scanner = JSONScanner(bytes)
    var keys: Set<String> = []
    if try scanner.isArray() {
      try scanner.array { scanner throws(CrushMapError) in
        try scanner.object { scanner, key throws(CrushMapError) in
          keys.insert(key.text)
          try scanner.skip()
        }
      }
      return keys
    }
    try scanner.object { scanner, key throws(CrushMapError) in
      keys.insert(key.text)
      try scanner.skip()
    }
    return keys
  }

  /// The parts of a `ceph report`, each as its own command would print it.
  ///
  /// - Throws: `CrushMapError`
  public static func parts(ofReport data: Data) throws(CrushMapError) -> [ClusterDump: Data] {
    let text = CephJSON.asUTF8(data)
    let found: [ClusterDump: Data] = try text.reading { bytes throws(CrushMapError) in
      var (scanner, parts) = (JSONScanner(bytes), [ClusterDump: Data]())
      try scanner.object { scanner, key throws(CrushMapError) in
        let start = scanner.position
        try scanner.skip()
        let value = Data(bytes[start..<scanner.position].drop { $0 == UInt8(ascii: " ") || $0 < 0x20 })
        switch key.text {
        case "osdmap": parts[.osdDump] = value
        case "crushmap": parts[.crushDump] = value
        case "monmap": parts[.monDump] = value
        default: break
        }
      }
      return parts
    }
    guard found[.osdDump] != nil, found[.crushDump] != nil else {
      throw CrushMapError("this is no output of 'ceph report': it lacks 'osdmap' or 'crushmap'")
    }
    // Sums of pools and OSDs stand beside the maps.
    return found.merging([.pgDump: data]) { first, _ in first }
  }
}
