import Debian

/// What stands against an upgrade, and what to know before it. Pure.
public struct UpgradePreflight: Sendable {
  let goal: CephRelease
  let state: ClusterState
  let facts: UpgradeFacts

  public init(to goal: CephRelease, _ state: ClusterState, _ facts: UpgradeFacts) {
    self.goal = goal
    self.state = state
    self.facts = facts
  }

  /// What would break, with what to do about it; empty: nothing is against it.
  public var refusals: [String] {
    let path = pathRefusal
    return path.isEmpty ? flagRefusals + (isUnderWay ? [] : grave) + storeRefusals + moduleRefusals : path
  }

  /// What an operator should know, though it stands against nothing.
  public var notes: [String] { (isUnderWay ? grave : []) + waits + gone + marks + options + keys }

  /// There is no way back, and what is wrong may be the upgrade's own doing: it can only go on.
  private var isUnderWay: Bool { state.newest == goal }

  /// Whether every daemon runs the goal already, and no older one may join.
  public var isDone: Bool {
    guard let required = state.required, required >= goal else { return false }
    return state.versions.values.flatMap(\.keys).allSatisfy { (CephRelease(version: $0) ?? goal) >= goal }
  }

  /// `16.2.15`, and more than one where daemons differ.
  public var running: [String] {
    Set(state.versions.values.flatMap(\.keys).compactMap { UpstreamVersion(ofCeph: $0) }).sorted().map(\.description)
  }

  private var pathRefusal: [String] {
    guard let required = state.required else {
      return ["the cluster is of a release that is not known here; upgrades are from \(CephRelease.all[0]) on"]
    }
    let newest = state.newest ?? required
    if newest > goal { return ["daemons run \(newest) already, and there is no way back to \(goal)"] }
    if newest > required, newest != goal {
      return ["an upgrade to \(newest) is under way: end it first, with --to \(newest.series)"]
    }
    let path = required.path(to: goal)
    guard path.count > 1 else { return [] }
    let names = path.map(\.series).joined(separator: ", then ")
    return ["a cluster of \(required) cannot become \(goal) at once: upgrade --to \(names)"]
  }

  /// Flags with which a daemon that was restarted could not come back, or would not be whole again.
  private static let hindering: Set<String> = [
    "pauserd", "pausewr", "noup", "nodown", "noin", "norecover", "nobackfill", "norebalance",
  ]

  private var flagRefusals: [String] {
    facts.flags.filter(Self.hindering.contains).sorted().map {
      "the flag \($0) is set, and gates would wait for ever: ceph osd unset \($0.hasPrefix("pause") ? "pause" : $0)"
    }
  }

  /// Health checks that an upgrade would make worse (Ceph: "Health checks").
  private static let remedies = [
    "OSD_FULL": "free space", "POOL_FULL": "free space", "OSD_BACKFILLFULL": "free space", "OSD_NEARFULL": "free space",
    "POOL_NEAR_FULL": "free space", "PG_AVAILABILITY": "bring back what they lie on", "PG_DAMAGED": "repair them",
    "OBJECT_UNFOUND": "bring back what they lie on", "OSD_SCRUB_ERRORS": "repair them",
    "OSD_TOO_MANY_REPAIRS": "look after the disk", "BLUESTORE_SPURIOUS_READ_ERRORS": "look after the disk",
  ]

  private var grave: [String] {
    facts.checks.sorted { $0.key < $1.key }.compactMap { code, check in
      if let remedy = Self.remedies[code] { return "\(check.message) (\(code)): \(remedy) first" }
      return check.isError ? "\(check.message) (\(code)): mend it first" : nil
    }
  }

  private var waits: [String] {
    facts.checks.sorted { $0.key < $1.key }.filter { Self.remedies[$0.key] == nil && !$0.value.isError }.map {
      "the cluster warns: \($1.message) (\($0)); what cannot be survived with it waits until it is over"
    }
  }

  /// No health check tells of them.
  private var gone: [String] {
    state.osds.filter { !$0.up && !$0.in && $0.upFrom > 0 }.map {
      "osd.\($0.id) is down and out, and the upgrade does not end before it is back, or removed from the cluster"
    }
  }

  /// See the release notes of 18.2 (FileStore) and 17.2 (LevelDB).
  private var storeRefusals: [String] {
    let objects = facts.fileStores.sorted().map {
      "osd.\($0) keeps its data in a FileStore, which \(goal) does not read: make it anew on BlueStore first"
    }
    let monitors = facts.levelDBs.sorted().map {
      "mon.\($0) keeps its data in a LevelDB, which \(goal) does not read: remove it and let it be made anew first"
    }
    return (goal >= CephRelease.reef ? objects : []) + (goal >= CephRelease.quincy ? monitors : [])
  }

  /// Managers of 18.2 load each module into an interpreter of its own, and bcrypt from 4.0 on can be in one only.
  private var moduleRefusals: [String] {
    guard goal >= CephRelease.reef else { return [] }
    return facts.bcrypts.filter { !$0.value.hasPrefix("3.") }.sorted { $0.key < $1.key }.map {
      "mgr.\($0) would load no module: its host has python3-bcrypt \($1); install one of 3.2 first"
    }
  }

  private var marks: [String] {
    let osds = state.osds.filter(\.noout).map { "osd.\($0.id)" }
    let marked =
      osds.isEmpty
      ? []
      : [
        "\(osds.joined(separator: ", ")) would not be marked out: ceph osd unset-group noout \(osds.joined(separator: " "))"
      ]
    return facts.flags.contains("noout")
      ? marked + ["the flag noout is set by somebody, and stays: ceph osd unset noout"] : marked
  }

  private var options: [String] {
    let removed = RemovedOptions.of(goal)
    return state.config.filter { removed.contains($0.name) }.sorted { ($0.name, $0.section) < ($1.name, $1.section) }
      .map {
        "\(goal) has no option \($0.name) any more, and what \($0.section) has of it does nothing then: "
          + "ceph config rm \($0.section) \($0.name)"
      }
  }

  private var keys: [String] {
    goal >= CephRelease.tentacle
      ? [
        "\(goal) calls keys of the type that older releases make insecure: health stays at an error until they are rotated"
      ]
      : []
  }
}

/// What is asked of a cluster before an upgrade, besides its state.
public struct UpgradeFacts: Sendable {
  /// Of the OSD map: `noout`.
  public var flags: Set<String>
  /// Code (`OSD_NEARFULL`) to what it says.
  public var checks: [String: Check]
  /// Numbers of OSDs that keep their data in files.
  public var fileStores: [Int]
  /// Hosts whose monitors keep theirs in a LevelDB.
  public var levelDBs: [String]
  /// Hosts with managers to the version of Python's bcrypt there; without those that have none, or do not answer.
  public var bcrypts: [String: String]

  public struct Check: Sendable {
    public var isError: Bool
    public var message: String

    public init(isError: Bool, message: String) {
      self.isError = isError
      self.message = message
    }
  }

  public init(
    flags: Set<String> = [], checks: [String: Check] = [:], fileStores: [Int] = [], levelDBs: [String] = [],
    bcrypts: [String: String] = [:]
  ) {
    self.flags = flags
    self.checks = checks
    self.fileStores = fileStores
    self.levelDBs = levelDBs
    self.bcrypts = bcrypts
  }
}
