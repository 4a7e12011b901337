/// How full a cluster is: what each OSD holds, and each placement group.
public struct ClusterUse: Sendable {
  /// One OSD, in bytes.
  public struct OSD: Sendable, Hashable {
    public var size: Double
    public var used: Double

    public init(size: Double, used: Double) {
      self.size = size
      self.used = used
    }
  }

  /// By number; `nil` for one that nothing is known of.
  public var osds: [OSD?]
  /// Pool to the bytes of one shard of each of its groups: a whole copy, or its part in an erasure code.
  public var shards: [Int64: [Double]]
  /// Pool to where its groups are served now, as managers know it; `nil`: where they should be.
  public var acting: [Int64: PlacementTable]?

  public init(osds: [OSD?], shards: [Int64: [Double]], acting: [Int64: PlacementTable]? = nil) {
    self.osds = osds
    self.shards = shards
    self.acting = acting
  }

  /// As far as an OSD map alone tells: OSDs are as large as their weights say, and every shard of a pool counts the same.
  public init(of map: OSDMap) {
    let tables = map.tables(.upmapped)
    var sizes: [OSD?] = Array(repeating: nil, count: map.osds.count)
    for bucket in map.crush.buckets.values {
      for (item, weight) in zip(bucket.items, bucket.weights) where sizes.indices.contains(item) {
        // A weight is a size in TiB, by custom.
        sizes[item] = OSD(size: Double(weight) / 0x10000 * 0x1p40, used: 0)
      }
    }
    let room = sizes.reduce(0) { $0 + ($1?.size ?? 0) }
    let count = tables.reduce(0) { $0 + $1.osds.count { $0 != CrushMapper.none } }
    // As if the cluster were half full.
    let bytes = count > 0 ? room / 2 / Double(count) : 0
    for table in tables {
      for osd in table.osds where osd != CrushMapper.none { sizes[Int(osd)]?.used += bytes }
    }
    self.init(
      osds: sizes,
      shards: map.pools.mapValues { Array(repeating: bytes, count: Int($0.groups)) })
  }
}
