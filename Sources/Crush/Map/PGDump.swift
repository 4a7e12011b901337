import Foundation

/// `ceph pg dump -f json`, or a part of it (`pgs`, `pgs_brief`), as far as it tells where placement groups lie, how they
/// are, and of bytes: the longest of all dumps.
public struct PGDump: Sendable {
  public struct Group: Sendable {
    public var id: PGID
    /// `active+clean`.
    public var state = ""
    /// Those that should hold it, as its primary last told.
    public var up: [Int32] = []
    /// Those that serve it; `CrushMapper.none` where nobody holds a shard.
    public var acting: [Int32] = []
    /// Clients' bytes.
    var bytes = 0.0
    var omapBytes = 0.0
  }

  struct OSD {
    var id = -1
    var total = 0.0
    var available = 0.0
  }

  public private(set) var groups: [Group] = []
  /// Whether it tells how large groups are: `pgs_brief` does not.
  private(set) var hasBytes = false
  /// A `ceph report` has none.
  public private(set) var hasGroups = false
  /// Pool to clients' bytes in it.
  private(set) var stored: [Int64: Double] = [:]
  private(set) var osds: [OSD] = []
  /// Pool to the bytes that OSDs have allocated for it, with what they keep beside objects; only where they tell.
  private(set) var allocated: [Int64: Double] = [:]

  /// - Throws: `CrushMapError`
  public init(_ data: Data) throws(CrushMapError) {
    do {
      self = try CephJSON.asUTF8(data).reading { bytes throws(CrushMapError) in
        var (scanner, dump) = (JSONScanner(bytes), PGDump())
        try dump.read(&scanner)
        guard dump.hasGroups || !dump.stored.isEmpty else { throw CrushMapError("it has no 'pg_stats'") }
        return dump
      }
    } catch {
      throw CrushMapError("this is no output of 'ceph pg dump -f json': \(error)")
    }
  }

  private init() {}

  /// Newer releases wrap the statistics; `pg dump pgs` has those of groups only, in old ones without a name.
  private mutating func read(_ scanner: inout JSONScanner) throws(CrushMapError) {
    if try scanner.isArray() { return try readGroups(&scanner) }
    try scanner.object { scanner, key throws(CrushMapError) in
      switch key {
      case "pg_map": try read(&scanner)
      case "pg_stats": try readGroups(&scanner)
      case "osd_stats": try readOSDs(&scanner)
      case "pool_stats": try readPools(&scanner)
      default: try scanner.skip()
      }
    }
  }

  private mutating func readGroups(_ scanner: inout JSONScanner) throws(CrushMapError) {
    hasGroups = true
    try scanner.array { scanner throws(CrushMapError) in
      var (group, name) = (Group(id: PGID(pool: 0, seed: 0)), "")
      try scanner.object { scanner, key throws(CrushMapError) in
        switch key {
        case "pgid": name = try scanner.text()
        case "state": group.state = try scanner.text()
        case "up": group.up = try scanner.integers()
        case "acting": group.acting = try scanner.integers()
        case "stat_sum":
          hasBytes = true
          try scanner.object { scanner, key throws(CrushMapError) in
            switch key {
            case "num_bytes": group.bytes = try scanner.number()
            case "num_omap_bytes": group.omapBytes = try scanner.number()
            default: try scanner.skip()
            }
          }
        default: try scanner.skip()
        }
      }
      guard let id = PGID(name) else {
        throw CrushMapError("before byte \(scanner.position): '\(name)' is no placement group")
      }
      group.id = id
      // Nearly always the same, of half a million groups: one array for both.
      if group.up == group.acting { group.up = group.acting }
      groups.append(group)
    }
  }

  private mutating func readPools(_ scanner: inout JSONScanner) throws(CrushMapError) {
    try scanner.array { scanner throws(CrushMapError) in
      var (pool, bytes, stored) = (Int64(-1), 0.0, 0.0)
      try scanner.object { scanner, key throws(CrushMapError) in
        switch key {
        case "poolid": pool = try scanner.integer()
        case "stat_sum":
          try scanner.object { scanner, key throws(CrushMapError) in
            switch key {
            case "num_bytes": stored = try scanner.number()
            default: try scanner.skip()
            }
          }
        case "store_stats":
          try scanner.object { scanner, key throws(CrushMapError) in
            switch key {
            case "allocated", "omap_allocated": bytes += try scanner.number()
            default: try scanner.skip()
            }
          }
        default: try scanner.skip()
        }
      }
      if bytes > 0 { allocated[pool] = bytes }
      self.stored[pool] = stored
    }
  }

  private mutating func readOSDs(_ scanner: inout JSONScanner) throws(CrushMapError) {
    try scanner.array { scanner throws(CrushMapError) in
      var osd = OSD()
      try scanner.object { scanner, key throws(CrushMapError) in
        switch key {
        case "osd": osd.id = try scanner.integer()
        case "kb": if osd.total == 0 { osd.total = try scanner.number() * 1024 } else { try scanner.skip() }
        case "kb_avail":
          if osd.available == 0 { osd.available = try scanner.number() * 1024 } else { try scanner.skip() }
        case "statfs":
          try scanner.object { scanner, key throws(CrushMapError) in
            switch key {
            case "total": osd.total = try scanner.number()
            case "available": osd.available = try scanner.number()
            default: try scanner.skip()
            }
          }
        default: try scanner.skip()
        }
      }
      osds.append(osd)
    }
  }
}
