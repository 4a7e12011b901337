/// Which OSDs and pools a cluster has, and where its placement groups lie: by its CRUSH map, and by what is said of single
/// groups on top of it. The same whatever form it was read from.
public struct OSDMap: Sendable {
  /// A pool, as far as it tells where its groups lie.
  public struct Pool: Sendable, Hashable {
    public var id: Int64
    public var name: String
    /// Shards are told apart by their places; else it has replicas, which close up where one is gone.
    public var isErasure: Bool
    public var size: Int
    public var minSize: Int
    public var rule: Int
    public var groups: UInt32
    /// How many of them are placed by themselves; the others lie where those lie that they split off from.
    public var placedGroups: UInt32
    /// Whether its number goes into the hash (`hashpspool`), as it does for all but very old pools.
    public var hashesNumber: Bool
    /// Shards that hold data: 1 for replicas.
    public var dataShards: Int

    /// - Parameters: see the properties
    public init(
      id: Int64, name: String, isErasure: Bool = false, size: Int, minSize: Int, rule: Int, groups: UInt32,
      placedGroups: UInt32? = nil, hashesNumber: Bool = true, dataShards: Int = 1
    ) {
      self.id = id
      self.name = name
      self.isErasure = isErasure
      self.size = size
      self.minSize = minSize
      self.rule = rule
      self.groups = groups
      self.placedGroups = placedGroups ?? groups
      self.hashesNumber = hashesNumber
      self.dataShards = dataShards
    }
  }

  public struct OSD: Sendable, Hashable {
    public var exists = false
    public var isUp = false
    /// How much of it is in, in 1/65536 (`ceph osd reweight`).
    public var reweight: UInt32 = 0
    /// How often it may lead, in 1/65536.
    public var primaryAffinity: UInt32 = 0x10000

    public init(exists: Bool = false, isUp: Bool = false, reweight: UInt32 = 0, primaryAffinity: UInt32 = 0x10000) {
      self.exists = exists
      self.isUp = isUp
      self.reweight = reweight
      self.primaryAffinity = primaryAffinity
    }
  }

  /// One pair of `pg-upmap-items`.
  public struct Replacement: Sendable, Hashable, Codable {
    public var from: Int32
    public var to: Int32

    public init(from: Int32, to: Int32) {
      self.from = from
      self.to = to
    }
  }

  public var crush = CrushMap()
  public var pools: [Int64: Pool] = [:]
  /// By number; those that do not exist leave gaps.
  public var osds: [OSD] = []
  public var pgTemp: [PGID: [Int32]] = [:]
  public var primaryTemp: [PGID: Int32] = [:]
  public var upmaps: [PGID: [Int32]] = [:]
  public var upmapItems: [PGID: [Replacement]] = [:]
  public var upmapPrimaries: [PGID: Int32] = [:]
  /// The oldest clients that are let in, by release; `nil`: not known.
  public var oldestClients: String?
  /// `noout`, `norebalance`; as JSON has them.
  public var flags: Set<String> = []
  /// Use at which an OSD takes nothing more, and at which nothing is moved to it.
  public var fullRatio = 0.95
  public var backfillFullRatio = 0.9

  public init() {}

  /// Flags that keep data from moving.
  public var standstill: [String] { flags.intersection(["norebalance", "nobackfill", "norecover", "pause"]).sorted() }

  /// Why the monitors take no `pg-upmap-items`; `nil`: they do, as far as is known.
  public var upmapRefusal: String? {
    guard let oldestClients,
      [
        "argonaut", "bobtail", "cuttlefish", "dumpling", "emperor", "firefly", "giant", "hammer",
        "infernalis", "jewel", "kraken",
      ].contains(oldestClients)
    else { return nil }
    return "clients as old as \(oldestClients) are let in, which know no upmaps; if there are none any more: "
      + "ceph osd set-require-min-compat-client luminous"
  }
}
