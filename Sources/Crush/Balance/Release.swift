/// Lets groups go that upmaps hold, in rounds: the largest moves first, each round within its limits.
public struct Release: Sendable {
  public let rounds: [[Balancer.Change]]

  /// - Parameters:
  ///   - groups: those to let go; `nil`: all that have an entry
  ///   - limits: of each round; one group goes with a round at least
  public init(_ map: OSDMap, _ use: ClusterUse, groups: Set<PGID>? = nil, limits: Balancer.Limits = Balancer.Limits()) {
    var rounds: [[Balancer.Change]] = []
    var round = Round(limits: limits)
    let entries = map.upmapItems.filter { groups?.contains($0.key) ?? true }
    let sized = entries.map { group, items in
      let shards = use.shards[group.pool] ?? []
      return (group: group, items: items, bytes: shards.indices.contains(Int(group.seed)) ? shards[Int(group.seed)] : 0)
    }.sorted { ($1.bytes, $0.group) < ($0.bytes, $1.group) }
    for entry in sized {
      if !round.takes(entry.items, entry.bytes) {
        rounds.append(round.changes)
        round = Round(limits: limits)
      }
      round.add(Balancer.Change(group: entry.group, items: []), entry.items, entry.bytes)
    }
    if !round.changes.isEmpty { rounds.append(round.changes) }
    self.rounds = rounds
  }

  /// What moves in one.
  private struct Round {
    let limits: Balancer.Limits
    private(set) var changes: [Balancer.Change] = []
    private var moves = 0
    private var bytes = 0.0
    private var perOSD: [Int32: Int] = [:]

    init(limits: Balancer.Limits) { self.limits = limits }

    func takes(_ items: [OSDMap.Replacement], _ size: Double) -> Bool {
      guard !changes.isEmpty else { return true }
      return moves + items.count <= limits.moves && bytes + size * Double(items.count) <= limits.bytes
        && items.allSatisfy { perOSD[$0.from, default: 0] < limits.perOSD && perOSD[$0.to, default: 0] < limits.perOSD }
    }

    mutating func add(_ change: Balancer.Change, _ items: [OSDMap.Replacement], _ size: Double) {
      changes.append(change)
      moves += items.count
      bytes += size * Double(items.count)
      for item in items {
        perOSD[item.from, default: 0] += 1
        perOSD[item.to, default: 0] += 1
      }
    }
  }
}
