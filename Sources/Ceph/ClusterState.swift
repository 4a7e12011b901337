/// What a running cluster says of itself.
public struct ClusterState: Sendable, Hashable {
  /// Members of the monitor map: name to address vector.
  public var mons: [String: String]
  /// The active manager, then those that stand by.
  public var mgrs: [MgrState]
  public var osds: [OSDState]
  public var tree: CrushTree
  public var pools: [PoolState]
  /// By name.
  public var rules: [String: RuleState]
  public var config: [ConfigOption]
  /// What all daemons must at least be, as the map has it; `nil`: a release that is not known here.
  public var required: CephRelease?
  /// What daemons say that they run: kind (`mon`, `mgr`, `osd`) to version (`ceph version 18.2.7 (…) reef (stable)`) to how
  /// many of them.
  public var versions: [String: [String: Int]]
  /// What the managers load besides what they always do.
  public var modules: [String]
  /// Entity to its key and capabilities. Secret: never printed, saved or journaled.
  var auth: [String: AuthEntry]

  /// The newest release that a daemon runs, or that all must be: what goes on with the cluster must be that, too.
  public var newest: CephRelease? {
    (versions.values.flatMap(\.keys).compactMap { CephRelease(version: $0) } + [required].compactMap { $0 }).max()
  }

  /// Whether a manager of that name has been made.
  public func hasManager(_ name: String) -> Bool { auth["mgr.\(name)"] != nil }

  /// The OSD with this UUID.
  public func osd(uuid: String) -> OSDState? { osds.first { $0.uuid == uuid } }
}

/// `ceph status`, as much as is used.
public struct ClusterStatus: Sendable, Hashable, Codable {
  /// `HEALTH_OK`, `HEALTH_WARN`, `HEALTH_ERR`.
  public var health: String
  /// The health checks' summaries.
  public var checks: [String]
  public var quorum: [String]
  /// Whether a manager is active.
  public var mgrAvailable: Bool
  public var mgrStandbys: Int
  public var osdsUp: Int
  public var osdsIn: Int
  public var osds: Int
  /// State (`active+clean`) to number of placement groups.
  public var pgs: [String: Int]
  /// Copies of objects that are missing, or lie elsewhere than they should.
  public var objectsToMove: UInt64
  /// Bytes stored and bytes in all, replicas included.
  public var bytesUsed: UInt64
  public var bytesTotal: UInt64

  /// Whether every placement group is active and clean; scrubbing does no harm.
  public var isClean: Bool { pgs.keys.allSatisfy { $0.hasPrefix("active+clean") } }

  /// `107 active+clean, 3 peering`.
  public var pgSummary: String {
    pgs.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
  }
}

public struct MgrState: Sendable, Hashable {
  public var name: String
  /// Another one after each start.
  public var gid: UInt64
}

public struct OSDState: Sendable, Hashable {
  public var id: Int
  public var uuid: String
  public var up: Bool
  public var `in`: Bool
  /// The map's epoch in which it came up last.
  public var upFrom: Int
  /// Whether the monitors leave its data where it is while it is down.
  public var noout = false
  /// What it binds to, without the port; `nil` where it has never been up.
  public var address: String?
}

/// A CRUSH rule.
public struct RuleState: Sendable, Hashable {
  public var id: Int
  /// Bucket type that each replica lies in another of: `osd`, `host`, `rack`.
  public var failureDomain: String
}

public struct PoolState: Sendable, Hashable {
  public var name: String
  public var size: Int
  public var minSize: Int
  public var pgs: Int
  /// The CRUSH rule's number.
  public var rule: Int
  public var applications: [String]
  /// `on`, `off` or `warn`.
  public var autoscale: String
  /// Bytes of its clients, each counted once.
  public var stored: UInt64

  /// Whether it is the one that the managers make for themselves.
  var isManagers: Bool { ["device_health_metrics", ".mgr"].contains(name) }
}

/// An entry of the monitors' configuration database.
public struct ConfigOption: Sendable, Hashable {
  /// With its mask: `osd`, `osd/host:a1`.
  public var section: String
  public var name: String
  public var value: String
}

struct AuthEntry: Sendable, Hashable {
  var key: String
  var caps: [String: String]
}
