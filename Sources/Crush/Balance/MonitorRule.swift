/// What the monitors demand of a group that upmaps move. They look at every entry whenever the map changes, and take back
/// what does not meet it. That is another thing than what the rule allows: of nested choices they count the buckets of all of
/// a group, as if one choice gave them, and of several takes likewise.
///
/// After Ceph's `CrushWrapper::verify_upmap` and `OSDMap::check_pg_upmaps`, which are alike in releases 16 to 20.
struct MonitorRule: Sendable {
  private enum Demand: Sendable {
    /// No two of a group's OSDs in one bucket of a type (`chooseleaf`): OSD to bucket, 0 where there is none.
    case apart(type: String, buckets: [Int32])
    /// In no more buckets of a type than this (`choose`).
    case atMost(Int, type: String, buckets: [Int32])
    /// The next so many OSDs below what was taken.
    case below(String, count: Int, isMember: [Bool])
  }

  private let demands: [Demand]
  /// OSD to whether the rule's trees give it weight, and it is in.
  private let hasWeight: [Bool]

  /// `nil` where there is no such rule.
  init?(_ map: OSDMap, rule id: Int, size: Int) {
    guard let rule = map.crush.rules[id] else { return nil }
    let trees = CrushMembers(map.crush, count: map.osds.count)
    let roots = rule.steps.compactMap { step in if case .take(let item) = step { item } else { nil } }
    let weighted = roots.map { trees.weighted(below: $0) }
    hasWeight = map.osds.indices.map { osd in map.osds[osd].reweight > 0 && weighted.contains { $0[osd] } }
    var demands: [Demand] = []
    var taken = 0
    // A type that is chosen twice counts once.
    var counts: [Int: Int] = [:]
    for step in rule.steps {
      switch step {
      case .take(let item): taken = item
      case .choose(let number, let type, _, let toLeaf):
        let count = number > 0 ? number : number + size
        counts[type] = counts[type] ?? count
        guard type != 0 else { continue }
        let buckets = trees.parents(of: type, roots: Set(roots))
        let name = map.crush.types[type] ?? "\(type)"
        demands.append(
          toLeaf ? .apart(type: name, buckets: buckets) : .atMost(count, type: name, buckets: buckets))
      case .emit:
        if taken < 0 {
          demands.append(
            .below(
              map.crush.names[taken] ?? "\(taken)", count: counts.values.reduce(1) { $0 * $1 },
              isMember: trees.members(below: taken)))
        }
        (taken, counts) = (0, [:])
      default: break
      }
    }
    self.demands = demands
  }

  /// Why the monitors take an upmap of a group back that then lies so; `nil`: they do not.
  func refusal(of row: some Collection<Int32>) -> Refusal? {
    var rest = row[...]
    for demand in demands {
      switch demand {
      case .apart(let type, let buckets):
        var seen: [Int32: Int32] = [:]
        for osd in row {
          guard let bucket = Self.bucket(of: osd, buckets) else { continue }
          if let other = seen[bucket], other != osd { return .together(other, osd, type: type) }
          seen[bucket] = osd
        }
      case .atMost(let most, let type, let buckets):
        let count = Set(row.compactMap { Self.bucket(of: $0, buckets) }).count
        if count > most { return .tooMany(count, most: most, type: type) }
      case .below(let name, let count, let isMember):
        for osd in rest.prefix(count) where !Self.has(isMember, osd) { return .outside(osd, name) }
        rest = rest.dropFirst(count)
      }
    }
    return row.first { !Self.has(hasWeight, $0) }.map { .weightless($0) }
  }

  private static func has(_ flags: [Bool], _ osd: Int32) -> Bool { flags.indices.contains(Int(osd)) && flags[Int(osd)] }

  private static func bucket(of osd: Int32, _ buckets: [Int32]) -> Int32? {
    guard buckets.indices.contains(Int(osd)), buckets[Int(osd)] < 0 else { return nil }
    return buckets[Int(osd)]
  }

  /// Why the monitors take an entry back.
  enum Refusal: Hashable, CustomStringConvertible {
    case together(Int32, Int32, type: String)
    case tooMany(Int, most: Int, type: String)
    case outside(Int32, String)
    case weightless(Int32)

    var description: String {
      func name(_ osd: Int32) -> String { osd == CrushMapper.none ? "a place without an OSD" : "osd.\(osd)" }
      return switch self {
      case .together(let one, let other, let type): "\(name(one)) and \(name(other)) are in one \(type)"
      case .tooMany(let count, let most, let type):
        "it lies in \(count) buckets of type \(type), and one choice of the rule gives \(most)"
      case .outside(let osd, let root): "\(name(osd)) is not in \(root), which the rule takes there"
      case .weightless(let osd): "\(name(osd)) is out, or without weight in what the rule takes"
      }
    }
  }
}

/// Which devices lie below which buckets.
private struct CrushMembers {
  private let map: CrushMap
  private let count: Int

  init(_ map: CrushMap, count: Int) { (self.map, self.count) = (map, count) }

  /// Device to whether it lies there, whatever its weight.
  func members(below root: Int) -> [Bool] {
    var isMember = Array(repeating: false, count: count)
    visit(root) { item, _ in if isMember.indices.contains(item) { isMember[item] = true } }
    return isMember
  }

  /// Device to whether it lies there in a bucket that gives it weight.
  func weighted(below root: Int) -> [Bool] {
    var isWeighted = Array(repeating: false, count: count)
    visit(root) { item, weight in if isWeighted.indices.contains(item), weight > 0 { isWeighted[item] = true } }
    return isWeighted
  }

  /// Device to the bucket of a type that it lies in, below the first of the roots that has one; 0 where there is none.
  func parents(of type: Int, roots: Set<Int>) -> [Int32] {
    var parents = Array(repeating: Int32(0), count: count)
    for root in roots.sorted() {
      for bucket in buckets(of: type, below: root) {
        visit(bucket) { item, _ in
          if parents.indices.contains(item), parents[item] == 0 { parents[item] = Int32(bucket) }
        }
      }
    }
    return parents
  }

  /// Those that are reached through buckets of higher types only.
  private func buckets(of type: Int, below root: Int) -> [Int] {
    guard let bucket = map.buckets[root], bucket.type >= type else { return [] }
    return bucket.type == type ? [root] : bucket.items.flatMap { buckets(of: type, below: $0) }
  }

  private func visit(_ root: Int, _ body: (_ device: Int, _ weight: UInt32) -> Void) {
    guard let bucket = map.buckets[root] else {
      if root >= 0 { body(root, 0x10000) }
      return
    }
    for (item, weight) in zip(bucket.items, bucket.weights) {
      if item >= 0 { body(item, weight) } else { visit(item, body) }
    }
  }
}
