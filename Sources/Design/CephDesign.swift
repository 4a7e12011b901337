import Site

/// A Ceph cluster, before it is there.
public struct CephDesign: Sendable, Hashable, Codable {
  /// Names of the hosts that run a monitor: 1, 3 or 5, spread over the largest failure domains.
  public var mons: [String]
  /// Names of the hosts that run a manager.
  public var mgrs: [String]
  /// In the order of hosts and disks.
  public var osds: [OSDDesign]
  public var rules: [CrushRule]
  public var pools: [PoolDesign]
  /// `ceph.conf` and the monitors' configuration database: section (`global`, `osd`, `osd/host:a1`) to option to value.
  public var config: [String: [String: String]]
  /// Copies, and copies needed for I/O, of what no pool of the site file says: the managers' own pool.
  public var standard: Replicas
  /// What the site file says itself, and so may ask for less than the cluster keeps now.
  public var stated: Stated

  public init(
    mons: [String], mgrs: [String], osds: [OSDDesign], rules: [CrushRule], pools: [PoolDesign],
    config: [String: [String: String]], standard: Replicas, stated: Stated
  ) {
    self.mons = mons
    self.mgrs = mgrs
    self.osds = osds
    self.rules = rules
    self.pools = pools
    self.config = config
    self.standard = standard
    self.stated = stated
  }

  /// What stands in the site file and is not derived.
  public struct Stated: Sendable, Hashable, Codable {
    /// What storage must survive.
    public var storage: Bool
    /// What control must survive.
    public var control: Bool
    /// Pools whose replicas are.
    public var replicas: [String]

    public init(storage: Bool = false, control: Bool = false, replicas: [String] = []) {
      self.storage = storage
      self.control = control
      self.replicas = replicas
    }
  }
}

/// An OSD. Its number is given by the cluster; its identity is the UUID.
public struct OSDDesign: Sendable, Hashable, Codable {
  public var host: String
  public var disk: DiskDesign
  /// Its place in the CRUSH tree, from the root: `[root: default, rack: a, host: a1]` as pairs.
  public var location: [CrushBucket]

  public init(host: String, disk: DiskDesign, location: [CrushBucket]) {
    self.host = host
    self.disk = disk
    self.location = location
  }
}

/// A bucket of the CRUSH tree.
public struct CrushBucket: Sendable, Hashable, Codable {
  /// `root`, `rack` or `host`.
  public var type: String
  public var name: String

  public init(type: String, name: String) {
    self.type = type
    self.name = name
  }
}

/// A replicated CRUSH rule: `osd crush rule create-replicated NAME ROOT DOMAIN [CLASS]`.
public struct CrushRule: Sendable, Hashable, Codable {
  public var name: String
  public var root: String
  /// CRUSH bucket type that each replica lies in another of: `osd`, `host` or `rack`.
  public var failureDomain: String
  public var deviceClass: DeviceClass?

  public init(name: String, root: String, failureDomain: String, deviceClass: DeviceClass?) {
    self.name = name
    self.root = root
    self.failureDomain = failureDomain
    self.deviceClass = deviceClass
  }
}

/// A replicated pool.
public struct PoolDesign: Sendable, Hashable, Codable {
  public var name: String
  public var use: PoolUse
  /// Replicas.
  public var size: Int
  /// Replicas that must be there for I/O to go on.
  public var minSize: Int
  /// Placement groups; a power of two.
  public var pgs: Int
  /// The CRUSH rule's name.
  public var rule: String
  /// Expected share of the data, 0 to 1.
  public var share: Double

  public init(name: String, use: PoolUse, size: Int, minSize: Int, pgs: Int, rule: String, share: Double) {
    self.name = name
    self.use = use
    self.size = size
    self.minSize = minSize
    self.pgs = pgs
    self.rule = rule
    self.share = share
  }
}

/// What the disks hold; `nil` figures where a disk's size is not in the site file.
public struct Capacity: Sendable, Hashable, Codable {
  /// All disks together.
  public var raw: Bytes
  /// Of user data, all replicas made, with the cluster at `nearfull`.
  public var usable: Bytes
  /// The failure domain whose loss takes most: `rack b`.
  public var largestDomain: String
  /// `usable`, with that domain lost and its data made whole elsewhere; where fewer domains than replicas remain, with a
  /// replica in each of them.
  public var usableWithoutLargest: Bytes

  public init(raw: Bytes, usable: Bytes, largestDomain: String, usableWithoutLargest: Bytes) {
    self.raw = raw
    self.usable = usable
    self.largestDomain = largestDomain
    self.usableWithoutLargest = usableWithoutLargest
  }
}
