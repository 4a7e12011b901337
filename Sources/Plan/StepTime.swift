/// How long steps take: as long as their like took before, else as long as on a twin.
public struct StepTime: Sendable {
  /// Kind of step to seconds.
  private let known: [String: Double]

  /// - Parameter durations: seconds that steps took, by id, of former rollouts
  public init(_ durations: [(step: String, seconds: Double)] = []) {
    known = Dictionary(grouping: durations) { Self.kind($0.step) }.mapValues { items in
      let sorted = items.map(\.seconds).sorted()
      return sorted[sorted.count / 2]
    }
  }

  public func seconds(_ step: Step) -> Double {
    if let seconds = known[Self.kind(step.id)] { return seconds }
    // As seen on twins: packages from a near mirror; a daemon that restarts, and is whole again; everything else.
    if step.action.installsPackages { return 60 }
    return step.takesDown.isEmpty ? 2 : 10
  }

  /// What steps of all hosts have in common: `osd` of `a1/osd.3`, `pool` of `ceph/pool-vms`.
  static func kind(_ id: String) -> String {
    let name = id.split(separator: "/").last ?? ""
    return String(name.prefix { $0 != "." && $0 != "-" })
  }
}
