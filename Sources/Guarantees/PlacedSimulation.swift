/// The same question as `FailureSimulation` asks of a design, asked of a running cluster: exact, from where each placement
/// group's copies lie now.
public struct PlacedSimulation: Sendable {
  public let cluster: PlacedCluster
  /// OSD to the placement groups that it serves, by their order in the cluster.
  private let groupsOf: [Int: [Int32]]
  /// For each placement group its pool, by its order in the cluster.
  private let poolOf: [Int]
  /// Placement groups, of each pool, that are broken without any further failure.
  private let broken: Impact

  /// How many placement groups of each pool, by its order in the cluster.
  private struct Impact {
    var stopped: [Int: Int] = [:]
    var lost: [Int: Int] = [:]

    /// - Parameter missing: copies of the group that are gone besides
    mutating func add(_ pool: Int, _ rules: PlacedCluster.Pool, _ group: PlacedCluster.PlacementGroup, missing: Int = 0)
    {
      // Where some copies lack objects, I/O goes on, and one copy less may stop it.
      let serving = group.isWhole ? group.acting.count : min(group.acting.count, rules.minSize)
      if !group.isActive || serving - missing < rules.minSize { stopped[pool, default: 0] += 1 }
      let holding = group.isWhole ? group.acting.count : min(group.acting.count, max(rules.minSize, rules.needed))
      if holding - missing < rules.needed { lost[pool, default: 0] += 1 }
    }
  }

  /// Lays out the cluster once, for any number of questions. Placement groups of unknown pools are left out.
  public init(_ cluster: PlacedCluster) {
    self.cluster = cluster
    let numbers = Dictionary(zip(cluster.pools.map(\.id), 0...)) { first, _ in first }
    var groupsOf: [Int: [Int32]] = [:]
    var broken = Impact()
    poolOf = cluster.groups.map { numbers[$0.pool] ?? -1 }
    for (number, group) in cluster.groups.enumerated() where poolOf[number] >= 0 {
      for osd in group.acting { groupsOf[osd, default: []].append(Int32(number)) }
      broken.add(poolOf[number], cluster.pools[poolOf[number]], group)
    }
    self.groupsOf = groupsOf
    self.broken = broken
  }

  /// Whether every placement group has all its copies, and each of them every object.
  public var isWhole: Bool {
    cluster.groups.allSatisfy { group in
      group.isActive && group.isWhole && group.acting.count >= (sizes[group.pool] ?? 0)
    }
  }

  private var sizes: [Int: Int] { Dictionary(cluster.pools.map { ($0.id, $0.size) }) { first, _ in first } }

  /// What holds.
  ///
  /// - Parameters:
  ///   - down: OSDs that are down, besides those that are down already
  ///   - mons: monitors that are
  ///   - isAdded: whether only what these add to what is broken now counts
  public func findings(down osds: Set<Int>, mons: Set<String> = [], isAdded: Bool = false) -> [Finding] {
    let impact = isAdded ? impact(of: osds, beside: Impact()) : impact(of: osds, beside: broken)
    return [
      finding(.storageIO, impact.stopped, holds: "every placement group keeps min_size copies", breaks: "stop"),
      finding(.storageData, impact.lost, holds: "every placement group keeps its data", breaks: "lose data"),
    ] + quorum(without: mons, isAdded: isAdded)
  }

  /// What is broken now, before anything fails.
  public var now: [Finding] {
    let examples = examples
    return findings(down: []).filter { !$0.holds }.map { finding in
      var finding = finding
      if finding.guarantee == .storageIO, !examples.isEmpty { finding.why += " (\(examples))" }
      return finding
    }
  }

  /// Some of the groups that serve nothing now, with their states.
  private var examples: String {
    let stopped = cluster.groups.indices.filter { number in
      guard poolOf[number] >= 0 else { return false }
      var impact = Impact()
      impact.add(0, cluster.pools[poolOf[number]], cluster.groups[number])
      return !impact.stopped.isEmpty
    }.map { cluster.groups[$0] }
    let named = stopped.prefix(5).map { $0.state.isEmpty ? $0.id : "\($0.id): \($0.state)" }
    return named.joined(separator: ", ") + (stopped.count > 5 ? ", …" : "")
  }

  private func impact(of osds: Set<Int>, beside broken: Impact) -> Impact {
    var impact = broken
    let touched = osds.flatMap { groupsOf[$0] ?? [] }.sorted()
    var index = 0
    while index < touched.count {
      let group = Int(touched[index])
      var lost = 0
      while index < touched.count, Int(touched[index]) == group {
        lost += 1
        index += 1
      }
      let pool = poolOf[group]
      var before = Impact()
      before.add(pool, cluster.pools[pool], cluster.groups[group])
      var after = Impact()
      after.add(pool, cluster.pools[pool], cluster.groups[group], missing: lost)
      // What is broken already is counted already.
      if before.stopped.isEmpty, !after.stopped.isEmpty { impact.stopped[pool, default: 0] += 1 }
      if before.lost.isEmpty, !after.lost.isEmpty { impact.lost[pool, default: 0] += 1 }
    }
    return impact
  }

  private func finding(_ guarantee: Guarantee, _ affected: [Int: Int], holds: String, breaks: String) -> Finding {
    guard !affected.isEmpty else { return Finding(guarantee, holds: true, why: holds) }
    let words = affected.sorted { $0.key < $1.key }.map { "\($0.value) of pool '\(cluster.pools[$0.key].name)'" }
    return Finding(guarantee, holds: false, why: "placement groups \(breaks): \(words.joined(separator: ", "))")
  }

  private func quorum(without lost: Set<String>, isAdded: Bool) -> [Finding] {
    guard !cluster.mons.isEmpty else { return [] }
    let now = cluster.mons.keys.filter { !cluster.silentMons.contains($0) }
    let up = now.count { !lost.contains($0) }
    let need = cluster.mons.count / 2 + 1
    return [
      Finding(
        .control, holds: up >= need || (isAdded && now.count < need),
        why: "\(up) of \(cluster.mons.count) monitors, and \(need) make a quorum")
    ]
  }
}
