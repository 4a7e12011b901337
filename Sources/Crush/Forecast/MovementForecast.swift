/// What a change of a cluster's map moves, before it happens.
public struct MovementForecast: Sendable, Codable, Equatable {
  /// Bytes from one failure domain to another.
  public struct Flow: Sendable, Codable, Equatable {
    public var from: String
    public var to: String
    public var bytes: Double
  }

  /// How full the fullest OSD of a class is, 0 to 1.
  public struct Fullest: Sendable, Codable, Equatable {
    public var deviceClass: String
    public var before: Double
    /// While shards come that others have not yet let go of, at most.
    public var between: Double
    public var betweenOSD: Int
    public var after: Double
    public var afterOSD: Int
  }

  public var shards: Int
  public var movedShards: Int
  /// Of all pools, every copy counted.
  public var bytes: Double
  public var movedBytes: Double
  /// Shards that nobody will hold: there are too few failure domains.
  public var missingShards: Int
  /// Groups that can be read before, and of which then fewer shards are left than are needed for that.
  public var lostGroups: Int
  /// Pool to the names of these.
  public var lost: [String: [PGID]]
  /// Groups that serve nothing any more, for fewer shards are left than their pool's min_size: pool to their names.
  public var stoppedGroups: [String: [PGID]]
  public var flows: [Flow]
  public var fullest: [Fullest]
  /// At the given rate: the OSD to which most comes takes so long.
  public var seconds: Double
  /// Use, 0 to 1, at which Ceph moves nothing more to an OSD.
  public var backfillFullRatio: Double

  /// Whether data is lost or stops, or finds no room.
  public var isHarmful: Bool {
    lostGroups > 0 || !stoppedGroups.isEmpty || fullest.contains { $0.between > backfillFullRatio }
  }

  /// - Parameters:
  ///   - use: before the change, with new OSDs, which hold nothing yet
  ///   - domain: type of the buckets between which flows are told: `rack`
  ///   - rate: bytes a second that an OSD takes in
  public init(
    from before: OSDMap, to after: OSDMap, _ use: ClusterUse, domain: String, rate: Double, threads: Int = 1
  ) {
    let old = Dictionary(uniqueKeysWithValues: before.tables(.upmapped, threads: threads).map { ($0.pool.id, $0) })
    let new = after.tables(.upmapped, threads: threads)
    let domains = before.crush.domains(of: domain).merging(after.crush.domains(of: domain)) { $1 }
    var tally = Tally(count: max(before.osds.count, after.osds.count))
    for table in new {
      guard let former = old[table.pool.id] else { continue }
      let bytes = use.shards[table.pool.id] ?? []
      for seed in 0..<min(table.pool.groups, former.pool.groups) {
        let size = bytes.indices.contains(Int(seed)) ? bytes[Int(seed)] : 0
        tally.add(
          former[seed], table[seed], table.pool, size, (before.osds, after.osds), PGID(pool: table.pool.id, seed: seed))
      }
    }
    shards = tally.shards
    movedShards = tally.movedShards
    bytes = tally.bytes
    movedBytes = tally.movedBytes
    missingShards = tally.missing
    lost = tally.lost
    lostGroups = tally.lost.values.reduce(0) { $0 + $1.count }
    stoppedGroups = tally.stopped
    flows = Self.flows(tally.moves, domains)
    fullest = Self.fullest(use, tally, after)
    backfillFullRatio = before.backfillFullRatio
    seconds = rate > 0 ? (tally.incoming.max() ?? 0) / rate : 0
  }

  private static func flows(_ moves: [Int64: Double], _ domains: [Int: String]) -> [Flow] {
    var flows: [[String]: Double] = [:]
    for (pair, bytes) in moves {
      let (from, to) = (Int(pair >> 32), Int(pair & 0xffff_ffff))
      flows[[domains[from] ?? "osd.\(from)", domains[to] ?? "osd.\(to)"], default: 0] += bytes
    }
    return flows.map { Flow(from: $0.key[0], to: $0.key[1], bytes: $0.value) }
      .sorted { ($1.bytes, $0.from, $0.to) < ($0.bytes, $1.from, $1.to) }
  }

  private static func fullest(_ use: ClusterUse, _ tally: Tally, _ after: OSDMap) -> [Fullest] {
    var classes: [String: Fullest] = [:]
    let labels = after.crush.labels
    for (osd, state) in use.osds.enumerated() {
      guard let state, state.size > 0, after.osds.indices.contains(osd), after.osds[osd].isUp else { continue }
      let name = labels[osd] ?? ""
      let (coming, going) = (tally.incoming[osd], tally.outgoing[osd])
      var fullest =
        classes[name]
        ?? Fullest(
          deviceClass: name, before: 0, between: -1, betweenOSD: osd, after: -1, afterOSD: osd)
      fullest.before = max(fullest.before, state.used / state.size)
      let (peak, end) = ((state.used + coming) / state.size, (state.used + coming - going) / state.size)
      if peak > fullest.between { (fullest.between, fullest.betweenOSD) = (peak, osd) }
      if end > fullest.after { (fullest.after, fullest.afterOSD) = (end, osd) }
      classes[name] = fullest
    }
    return classes.values.sorted { $0.deviceClass < $1.deviceClass }
  }
}

/// What is counted, group by group.
private struct Tally {
  var shards = 0
  var movedShards = 0
  var bytes = 0.0
  var movedBytes = 0.0
  var missing = 0
  var lost: [String: [PGID]] = [:]
  var stopped: [String: [PGID]] = [:]
  /// OSD and OSD, in one number.
  var moves: [Int64: Double] = [:]
  var incoming: [Double]
  var outgoing: [Double]

  init(count: Int) {
    incoming = Array(repeating: 0, count: count)
    outgoing = Array(repeating: 0, count: count)
  }

  mutating func add(
    _ old: ArraySlice<Int32>, _ new: ArraySlice<Int32>, _ pool: OSDMap.Pool, _ size: Double,
    _ osds: (before: [OSDMap.OSD], after: [OSDMap.OSD]), _ group: PGID
  ) {
    let none = CrushMapper.none
    let (gone, came): ([Int32], [Int32])
    if pool.isErasure {
      let pairs = zip(old, new).filter { $0 != $1 }
      (gone, came) = (pairs.map { $0.0 }, pairs.map { $0.1 })
    } else {
      (gone, came) = (old.filter { $0 != none && !new.contains($0) }, new.filter { $0 != none && !old.contains($0) })
    }
    shards += pool.size
    bytes += size * Double(old.count { $0 != none })
    missing += new.count { $0 == none }
    func left(_ osds: [OSDMap.OSD]) -> Int { old.count { osds.indices.contains(Int($0)) && osds[Int($0)].isUp } }
    let (before, after) = (left(osds.before), left(osds.after))
    if before >= pool.dataShards, after < pool.dataShards { lost[pool.name, default: []].append(group) }
    if before >= pool.minSize, after < pool.minSize { stopped[pool.name, default: []].append(group) }
    for osd in gone where osd != none { outgoing[Int(osd)] += size }
    for (index, osd) in came.enumerated() where osd != none {
      movedShards += 1
      movedBytes += size
      incoming[Int(osd)] += size
      // A copy more than there was comes from one that stays.
      let source = index < gone.count && gone[index] != none ? gone[index] : old.first { $0 != none } ?? osd
      moves[Int64(source) << 32 | Int64(osd), default: 0] += size
    }
  }
}

extension ClusterUse {
  /// With OSDs that hold nothing yet.
  public func adding(_ sizes: [Int: Double]) -> ClusterUse {
    var use = self
    for (osd, size) in sizes {
      while use.osds.count <= osd { use.osds.append(nil) }
      use.osds[osd] = OSD(size: size, used: 0)
    }
    return use
  }
}
