/// A Ceph cluster as it is: where every placement group's copies lie. Whoever built it.
public struct PlacedCluster: Sendable, Hashable {
  /// The cluster's name, or its fsid.
  public var name: String
  public var osds: [OSD]
  public var pools: [Pool]
  public var groups: [PlacementGroup]
  /// Buckets of its CRUSH tree: an OSD may lie in several of a type.
  public var buckets: [Bucket]
  /// Monitor to the host that it runs on, where that is known.
  public var mons: [String: String?]
  /// Those that are not in the quorum now.
  public var silentMons: Set<String>

  public init(
    name: String, osds: [OSD], pools: [Pool], groups: [PlacementGroup], buckets: [Bucket] = [], types: [String] = [],
    mons: [String: String?], silentMons: Set<String> = []
  ) {
    self.types = types
    self.silentMons = silentMons
    self.name = name
    self.osds = osds
    self.pools = pools
    self.groups = groups
    self.buckets = buckets
    self.mons = mons
  }

  public struct OSD: Sendable, Hashable {
    public var id: Int
    public var isUp: Bool
    public var deviceClass: String?
    /// CRUSH bucket type to name, of all buckets that it is in: `host: a1`, `rack: a`, `root: default`.
    public var location: [String: String]

    public init(id: Int, isUp: Bool, deviceClass: String?, location: [String: String]) {
      self.id = id
      self.isUp = isUp
      self.deviceClass = deviceClass
      self.location = location
    }
  }

  /// Bucket types, from those of hosts to those of roots.
  public var types: [String]

  /// What goes down together.
  public struct Bucket: Sendable, Hashable {
    public var type: String
    public var name: String
    /// Of all OSDs below it.
    public var osds: Set<Int>
    /// Names of the hosts below it, its own included.
    public var hosts: Set<String>

    public init(type: String, name: String, osds: Set<Int>, hosts: Set<String>) {
      self.type = type
      self.name = name
      self.osds = osds
      self.hosts = hosts
    }
  }

  public struct Pool: Sendable, Hashable {
    public var id: Int
    public var name: String
    /// Copies, or shards of an erasure-coded pool.
    public var size: Int
    /// Of them, this many must be there for I/O.
    public var minSize: Int
    /// Of them, this many make the data: 1, or `k` of an erasure-coded pool.
    public var needed: Int
    /// What its CRUSH rule spreads copies over, and the root and device class that it takes them from.
    public var rule: Rule?

    public init(id: Int, name: String, size: Int, minSize: Int, needed: Int, rule: Rule?) {
      self.id = id
      self.name = name
      self.size = size
      self.minSize = minSize
      self.needed = needed
      self.rule = rule
    }
  }

  public struct Rule: Sendable, Hashable {
    public var name: String
    /// Bucket type: `osd`, `host`, `rack`.
    public var failureDomain: String
    public var root: String
    public var deviceClass: String?

    public init(name: String, failureDomain: String, root: String, deviceClass: String?) {
      self.name = name
      self.failureDomain = failureDomain
      self.root = root
      self.deviceClass = deviceClass
    }
  }

  public struct PlacementGroup: Sendable, Hashable {
    /// `2.1f`.
    public var id: String
    public var pool: Int
    /// OSDs that hold a copy and serve it; those that are missing are left out.
    public var acting: [Int]
    /// Whether each of these copies has every object. Which of them lack some, nobody tells: then none is to spare.
    public var isWhole: Bool
    /// Whether it serves I/O now.
    public var isActive: Bool
    /// As Ceph has it: `active+clean`.
    public var state: String

    public init(
      id: String, pool: Int, acting: [Int], isWhole: Bool = true, isActive: Bool = true, state: String = ""
    ) {
      self.state = state
      self.isActive = isActive
      self.id = id
      self.pool = pool
      self.acting = acting
      self.isWhole = isWhole
    }
  }
}
