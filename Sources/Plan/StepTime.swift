import HostProtocol

/// How long steps take: as long as the same step took, else as long as their like, else as long as on a twin.
public struct StepTime: Sendable {
  /// A step that came to a good end.
  public struct Sample: Sendable, Hashable, Codable {
    /// Its id.
    public var step: String
    /// See `Step.work`; `nil`: not known.
    public var work: String?
    public var seconds: Double

    public init(step: String, work: String?, seconds: Double) {
      self.step = step
      self.work = work
      self.seconds = seconds
    }
  }

  /// Of one way to tell steps that are alike.
  private typealias Known = [String: Double]

  /// The same step with the same work, the same kind of step with the same work, the same kind of step; then seconds.
  private let same: Known
  private let alike: Known
  private let kinds: Known
  /// As `kinds`, of steps whose work is not known.
  private let bare: Known
  /// As `kinds`, of steps that got packages.
  private let installing: Known

  /// How many of those that are alike count: a machine becomes faster or slower.
  private static let most = 5

  /// - Parameter durations: seconds that steps took, by id, of former rollouts, the newest first
  public init(_ durations: [(step: String, seconds: Double)] = []) {
    self.init(samples: durations.map { Sample(step: $0.step, work: nil, seconds: $0.seconds) })
  }

  /// - Parameter samples: of former rollouts, the newest first
  public init(samples: [Sample]) {
    func medians(_ key: (Sample) -> String?) -> Known {
      let keyed = samples.compactMap { sample in key(sample).map { ($0, sample.seconds) } }
      return Dictionary(grouping: keyed, by: \.0).mapValues { items in
        let sorted = items.prefix(Self.most).map(\.1).sorted()
        return sorted[sorted.count / 2]
      }
    }
    same = medians { sample in sample.work.map { "\(sample.step) \($0)" } }
    alike = medians { sample in sample.work.map { "\(Self.kind(sample.step)) \($0)" } }
    kinds = medians { Self.kind($0.step) }
    bare = medians { $0.work == nil ? Self.kind($0.step) : nil }
    installing = medians { $0.work?.contains("package") == true ? Self.kind($0.step) : nil }
  }

  /// Whether this very step has been done before, with the same work.
  public func isKnown(_ step: Step) -> Bool { same["\(step.id) \(step.work)"] != nil }

  public func seconds(_ step: Step) -> Double {
    let kind = Self.kind(step.id)
    let work = step.work
    if let seconds = same["\(step.id) \(work)"] ?? alike["\(kind) \(work)"] { return seconds }
    // As seen on twins: packages from a near mirror; a daemon that restarts, and is whole again; everything else.
    if step.mayInstallPackages { return installing[kind] ?? 60 }
    // A gate alone takes the time of what came before it: after something else, another time.
    let known = step.action == .wait ? bare : kinds
    return known[kind] ?? (step.takesDown.isEmpty ? 2 : 10)
  }

  /// What steps of all hosts have in common: `osd` of `a1/osd.3`, `pool` of `ceph/pool-vms`.
  static func kind(_ id: String) -> String {
    let name = id.split(separator: "/").last ?? ""
    return String(name.prefix { $0 != "." && $0 != "-" })
  }
}

extension Step {
  /// What makes a step take longer than another one of its kind: which kinds of resources differ, what its gate asks,
  /// whether something is taken down; and of a step of the whole site, after which kinds of steps it comes: placement
  /// groups are clean at once after a new key, and late after a new OSD.
  public var work: String {
    let what = Set(why.map { String($0.resource.prefix { $0 != ":" }) }).sorted()
    let before = host == nil ? Set(needs.map(StepTime.kind)).sorted() : []
    let parts = [
      what.joined(separator: ","), gate.name, takesDown.isEmpty ? "" : "down", before.joined(separator: ","),
    ]
    return parts.joined(separator: " ")
  }

  /// An installation gets all packages; else only what differs is fetched.
  fileprivate var mayInstallPackages: Bool {
    guard action.installsPackages else { return false }
    if case .reimage = action { return true }
    return why.isEmpty || why.contains { $0.resource.hasPrefix("package:") }
  }
}

extension Gate {
  /// What it asks, without of whom.
  fileprivate var name: String {
    switch self {
    case .none: "none"
    case .all(let gates): gates.map(\.name).joined(separator: "+")
    case .rebooted: "rebooted"
    case .reachable: "reachable"
    case .routing: "routing"
    case .quorum: "quorum"
    case .monRestarted: "monRestarted"
    case .mgrRestarted: "mgrRestarted"
    case .mgrs: "mgrs"
    case .osdsUp: "osdsUp"
    case .osdRestarted: "osdRestarted"
    case .release: "release"
    case .active: "active"
    case .clean: "clean"
    case .upmapped: "upmapped"
    case .drained: "drained"
    case .osdsDown: "osdsDown"
    case .healthy: "healthy"
    }
  }
}
