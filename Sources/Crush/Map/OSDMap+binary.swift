import Foundation

extension OSDMap {
  /// Reads the binary form: `ceph osd getmap -o …`, `osdmaptool`. See Ceph: `OSDMap::decode`, `pg_pool_t::decode`.
  ///
  /// - Throws: `CrushMapError`
  public init(binary data: Data) throws(CrushMapError) {
    do {
      self = try data.reading { bytes throws(CrushMapError) in try OSDMap(bytes: bytes) }
    } catch {
      throw CrushMapError("this is no binary OSD map (ceph osd getmap), or not whole: \(error)")
    }
  }

  private init(bytes: UnsafeRawBufferPointer) throws(CrushMapError) {
    self.init()
    var reader = ByteReader(bytes)
    let whole = try reader.section()
    guard whole.version >= 7 else {
      throw CrushMapError("it has version \(whole.version), as none has since Ceph 0.80")
    }
    let clients = try reader.section()
    try readClients(&reader, version: clients.version)
    try check()
    reader.skip(to: clients)
    // The ratios lie behind much that does not matter here; a map of an unknown form keeps the defaults.
    guard let ratios = try? Self.ratios(&reader) else { return }
    if ratios.full > 0 { fullRatio = ratios.full }
    if ratios.backfillFull > 0 { backfillFullRatio = ratios.backfillFull }
  }

  /// What clients get.
  private mutating func readClients(_ reader: inout ByteReader, version: UInt8) throws(CrushMapError) {
    // The cluster's identity, the map's epoch, two times.
    try reader.skip(16 + 4 + 16)
    var profiles: [Int64: String] = [:]
    for _ in 0..<(try reader.count(of: 14)) {
      let id = try reader.read(Int64.self)
      let (pool, profile) = try Self.pool(id, &reader)
      pools[id] = pool
      profiles[id] = profile
    }
    for _ in 0..<(try reader.count(of: 12)) {
      let id = try reader.read(Int64.self)
      pools[id]?.name = try reader.text()
    }
    _ = try reader.read(Int32.self)
    _ = try reader.read(UInt32.self)
    let most = Int(try reader.read(Int32.self))
    guard (0...CrushMap.mostDevices).contains(most) else { throw CrushMapError("max_osd is \(most)") }
    try readOSDs(&reader, isWide: version >= 5)
    // Where the OSDs listen.
    try reader.each(of: 1) { reader throws(CrushMapError) in try reader.skipAddresses() }
    try reader.each(of: 21) { reader throws(CrushMapError) in pgTemp[try reader.group()] = try reader.numbers() }
    try reader.each(of: 21) { reader throws(CrushMapError) in
      primaryTemp[try reader.group()] = try reader.read(Int32.self)
    }
    if version >= 2 {
      for (osd, affinity) in (try reader.numbers()).enumerated() where osds.indices.contains(osd) {
        osds[osd].primaryAffinity = UInt32(bitPattern: affinity)
      }
    }
    crush = try CrushMap(binary: reader.bytes(reader.count(of: 1)))
    if version >= 3 {
      var shards: [String: Int] = [:]
      for _ in 0..<(try reader.count(of: 8)) {
        let name = try reader.text()
        shards[name] = (try reader.texts())["k"].flatMap { Int($0) }
      }
      for (id, pool) in pools where pool.isErasure { pools[id]?.dataShards = shards[profiles[id] ?? ""] ?? 1 }
    }
    guard version >= 4 else { return }
    try reader.each(of: 21) { reader throws(CrushMapError) in upmaps[try reader.group()] = try reader.numbers() }
    try reader.each(of: 21) { reader throws(CrushMapError) in
      let group = try reader.group()
      var pairs: [Replacement] = []
      for _ in 0..<(try reader.count(of: 8)) {
        let from = try reader.read(Int32.self)
        pairs.append(Replacement(from: from, to: try reader.read(Int32.self)))
      }
      upmapItems[group] = pairs
    }
    guard version >= 10 else { return }
    // The CRUSH map's version; snapshots, by pool: those removed, those purged; two times.
    try reader.skip(4)
    for _ in 0..<2 {
      try reader.each(of: 12) { reader throws(CrushMapError) in
        try reader.skip(8)
        try reader.skip(try reader.count(of: 16) * 16)
      }
    }
    try reader.skip(16)
    try reader.each(of: 21) { reader throws(CrushMapError) in
      upmapPrimaries[try reader.group()] = try reader.read(Int32.self)
    }
  }

  private mutating func readOSDs(_ reader: inout ByteReader, isWide: Bool) throws(CrushMapError) {
    for _ in 0..<(try reader.count(of: isWide ? 4 : 1)) {
      let state = isWide ? try reader.read(UInt32.self) : UInt32(try reader.read(UInt8.self))
      osds.append(OSD(exists: state & 1 != 0, isUp: state & 2 != 0))
    }
    for (osd, weight) in (try reader.numbers()).enumerated() where osds.indices.contains(osd) {
      osds[osd].reweight = UInt32(bitPattern: weight)
    }
  }

  /// A pool without its name, and its erasure code profile.
  private static func pool(_ id: Int64, _ reader: inout ByteReader) throws(CrushMapError) -> (Pool, String) {
    let section = try reader.section()
    guard section.version >= 14 else { throw CrushMapError("pool \(id) is in a form from before Ceph 0.80") }
    let kind = try reader.read(UInt8.self)
    let size = Int(try reader.read(UInt8.self))
    let rule = Int(try reader.read(UInt8.self))
    try reader.skip(1)
    let groups = try reader.read(UInt32.self)
    let placed = try reader.read(UInt32.self)
    try reader.skip(8 + 4 + 8 + 4)
    // Snapshots.
    try reader.each(of: 14) { reader throws(CrushMapError) in
      try reader.skip(8)
      reader.skip(to: try reader.section())
    }
    try reader.skip(try reader.count(of: 16) * 16)
    try reader.skip(8)
    let flags = try reader.read(UInt64.self)
    try reader.skip(4)
    let minSize = Int(try reader.read(UInt8.self))
    // Quotas; tiers.
    try reader.skip(16)
    try reader.skip(try reader.count(of: 8) * 8)
    try reader.skip(8 + 1 + 8 + 8)
    _ = try reader.texts()
    reader.skip(to: try reader.section())
    try reader.skip(8 + 4 + 16 + 16)
    let profile = try reader.text()
    reader.skip(to: section)
    return (
      Pool(
        id: id, name: "\(id)", isErasure: kind == 3, size: size, minSize: minSize, rule: rule, groups: groups,
        placedGroups: placed, hashesNumber: flags & 1 == 1), profile
    )
  }

  private static func ratios(_ reader: inout ByteReader) throws(CrushMapError) -> (full: Double, backfillFull: Double) {
    let section = try reader.section()
    let addresses: (inout ByteReader) throws(CrushMapError) -> Void = { reader throws(CrushMapError) in
      try reader.skipAddresses()
    }
    try reader.each(of: 1, addresses)
    // When each came and went: a version and six epochs.
    try reader.skip(try reader.count(of: 25) * 25)
    try reader.each(of: 9) { reader throws(CrushMapError) in
      try reader.skipAddresses()
      try reader.skip(8)
    }
    try reader.each(of: 1, addresses)
    try reader.skip(4)
    _ = try reader.text()
    try reader.skip(try reader.count(of: 16) * 16)
    try reader.each(of: 6) { reader throws(CrushMapError) in reader.skip(to: try reader.section()) }
    try reader.each(of: 1, addresses)
    guard section.version >= 3 else { return (0, 0) }
    _ = try reader.read(UInt32.self)
    let full = Float(bitPattern: try reader.read(UInt32.self))
    let backfillFull = Float(bitPattern: try reader.read(UInt32.self))
    return (Double(full), Double(backfillFull))
  }
}

extension ByteReader {
  fileprivate mutating func each(
    of size: Int, _ body: (inout ByteReader) throws(CrushMapError) -> Void
  ) throws(CrushMapError) {
    for _ in 0..<(try count(of: size)) { try body(&self) }
  }

  fileprivate mutating func numbers() throws(CrushMapError) -> [Int32] {
    var numbers: [Int32] = []
    for _ in 0..<(try count(of: 4)) { numbers.append(try read(Int32.self)) }
    return numbers
  }

  fileprivate mutating func texts() throws(CrushMapError) -> [String: String] {
    var texts: [String: String] = [:]
    for _ in 0..<(try count(of: 8)) {
      let key = try text()
      texts[key] = try text()
    }
    return texts
  }

  fileprivate mutating func group() throws(CrushMapError) -> PGID {
    try skip(1)
    let pool = try read(Int64.self)
    defer { _ = try? skip(4) }
    return PGID(pool: pool, seed: try read(UInt32.self))
  }

  /// `entity_addrvec_t`: one address in the old form, one in the new, or several in the new.
  fileprivate mutating func skipAddresses() throws(CrushMapError) {
    switch try read(UInt8.self) {
    case 0: try skip(3 + 4 + 128)
    case 1: skip(to: try section())
    default:
      for _ in 0..<(try count(of: 1)) {
        if try read(UInt8.self) == 0 { try skip(3 + 4 + 128) } else { skip(to: try section()) }
      }
    }
  }
}
