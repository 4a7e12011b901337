import Design

extension Proof {
  /// Tries every OSD, every bucket of the CRUSH tree and every monitor of a running cluster, or every pair of them.
  /// Failures are judged by what they add to what is broken now.
  ///
  /// - Parameters:
  ///   - kinds: what fails; `nil`: all that the cluster has, for pairs without disks and monitors
  ///   - mustSurvive: none of which is to break anything
  public init(
    _ cluster: PlacedCluster, depth: Int = 1, kinds: Set<FailureKind>? = nil, mustSurvive: [FailureKind] = []
  ) {
    let simulation = PlacedSimulation(cluster)
    let usual = Set(cluster.kinds.filter { depth == 1 || ($0 != .disk && $0 != .mon) })
    let kinds = (kinds ?? usual).union(mustSurvive)
    let failures = cluster.failures.filter { kinds.contains($0.kind) }
    func findings(_ down: [PlacedFailure]) -> [Finding] { simulation.findings(adding: down) }
    var tally = ProofTally()
    if depth == 1 {
      for failure in failures { tally.add([failure.kind], 1, [failure.component], findings([failure])) }
    } else {
      let alone = failures.map { findings([$0]).broken }
      for a in failures.indices {
        for b in (a + 1)..<max(a + 1, failures.count) {
          let pair = [failures[a], failures[b]].sorted { $0.kind < $1.kind }
          tally.add(
            pair.map(\.kind), 1, pair.map(\.component), findings(pair), brokenAlready: alone[a].union(alone[b]))
        }
      }
    }
    self.init(
      name: cluster.name, asked: nil, mustSurvive: mustSurvive, now: simulation.now,
      guarantees: [.storageIO, .storageData] + (cluster.mons.isEmpty ? [] : [.control]), depth: depth,
      summaries: tally.summaries, cases: tally.cases, notes: cluster.weaknesses)
  }
}

/// Something of a running cluster that fails, and the OSDs and monitors that go down with it.
public struct PlacedFailure: Sendable {
  public var kind: FailureKind
  public var component: Component
  public var osds: Set<Int> = []
  public var mons: Set<String> = []

  /// As people write it: `osd.3`, `h1`, `rack a`, `datacenter dc1`, `mon.a`.
  func isCalled(_ words: String) -> Bool {
    let plain = words.split(separator: " ").joined(separator: " ")
    if "\(component)" == plain || "\(kind) \(component)" == plain { return true }
    return kind == .disk && osds.count == 1 && plain == "osd.\(osds.first ?? 0)"
  }
}

extension PlacedSimulation {
  /// What holds with these down at once, judged by what they add to what is broken now.
  public func findings(adding failures: [PlacedFailure]) -> [Finding] {
    findings(
      down: failures.reduce(into: Set()) { $0.formUnion($1.osds) },
      mons: failures.reduce(into: Set()) { $0.formUnion($1.mons) }, isAdded: true)
  }
}

extension PlacedCluster {
  /// All single failures: OSDs that are up, buckets with any of them, monitors.
  public var failures: [PlacedFailure] {
    let up = Set(osds.filter(\.isUp).map(\.id))
    let disks = osds.filter(\.isUp).map { osd in
      PlacedFailure(
        kind: .disk, component: .osd(host: osd.location["host"] ?? "no host", disk: "osd.\(osd.id)"), osds: [osd.id])
    }
    let parts = buckets.compactMap { bucket -> PlacedFailure? in
      let kind = FailureKind(rawValue: bucket.type)
      let lost = mons.filter { mon in mon.value.map(bucket.hosts.contains) == true }
      guard !bucket.osds.isDisjoint(with: up) || !lost.isEmpty else { return nil }
      return PlacedFailure(
        kind: kind, component: Self.component(kind, bucket.name), osds: bucket.osds.intersection(up),
        mons: Set(lost.keys))
    }
    let monitors = mons.keys.sorted().map { PlacedFailure(kind: .mon, component: .mon($0), mons: [$0]) }
    return disks + parts.sorted { ($0.kind, $0.component) < ($1.kind, $1.component) } + monitors
  }

  /// Those that there are.
  public var kinds: [FailureKind] { Set(failures.map(\.kind)).sorted() }

  /// Disks, monitors, and the buckets of all types up to one: what a cluster survives that survives that.
  ///
  /// - Throws: `ComponentError` where there is no such type
  public func kinds(upTo kind: FailureKind) throws(ComponentError) -> [FailureKind] {
    if kind == .disk { return [.disk] }
    guard let last = types.firstIndex(of: kind.rawValue), kinds.contains(kind) else {
      let known = kinds.filter { $0 != .mon }.map(\.rawValue).joined(separator: ", ")
      throw ComponentError(words: kind.rawValue, remedy: "the cluster has no such buckets; there are \(known)")
    }
    let asked = Set(types[...last].map { FailureKind(rawValue: $0) } + [.disk, .mon])
    return kinds.filter(asked.contains)
  }

  private static func component(_ kind: FailureKind, _ name: String) -> Component {
    switch kind {
    case .host: .node(name)
    case .rack: .rack(name)
    default: .bucket(type: kind.rawValue, name: name)
    }
  }

  /// What people call so.
  ///
  /// - Throws: `ComponentError` where there is no such thing
  public func failure(called words: String) throws(ComponentError) -> PlacedFailure {
    guard let failure = failures.first(where: { $0.isCalled(words) }) else {
      throw ComponentError(
        words: words, remedy: "nothing that is up is called so; write osd.3, h1, rack a, datacenter dc1, mon.a")
    }
    return failure
  }

  /// CRUSH bucket types from small to large, as in Ceph's default map.
  private static let types = [
    "osd", "host", "chassis", "rack", "row", "pdu", "pod", "room", "datacenter", "zone", "region",
  ]

  /// Pools that survive less than the tree would let them, and other things that one should know.
  var weaknesses: [String] {
    pools.flatMap { pool -> [String] in
      var found: [String] = []
      if let rule = pool.rule, let better = better(rule, for: pool) { found.append(better) }
      if pool.needed == 1, pool.size == 1 {
        found.append("pool '\(pool.name)' keeps one copy: the loss of a disk is the loss of data")
      } else if pool.needed == 1, pool.minSize == 1 {
        found.append(
          "pool '\(pool.name)' takes writes with one copy left (min_size 1): a second loss takes what was written meanwhile"
        )
      } else if pool.needed > 1, pool.minSize == pool.needed {
        found.append(
          "pool '\(pool.name)' takes writes with no shard to spare (min_size \(pool.minSize) is k): one more loss takes data"
        )
      }
      return found
    } + down
      + mons.filter { $0.value == nil }.keys.sorted().map {
        "the host of mon.\($0) is not known: the loss of a host or a rack is told without it"
      }
  }

  private func better(_ rule: Rule, for pool: Pool) -> String? {
    guard let now = Self.types.firstIndex(of: rule.failureDomain) else { return nil }
    let candidates = osds.filter {
      $0.location["root"] == rule.root && (rule.deviceClass == nil || $0.deviceClass == rule.deviceClass)
    }
    for type in Self.types[(now + 1)...].reversed() {
      let count = Set(candidates.compactMap { $0.location[type] }).count
      guard count >= pool.size else { continue }
      return "pool '\(pool.name)' is weaker than the tree allows: its \(pool.size) copies lie in different "
        + "\(rule.failureDomain)s (rule \(rule.name)), and there are \(count) \(type)s: a rule over \(type)s would let it "
        + "survive the loss of any \(type)"
    }
    return nil
  }

  private var down: [String] {
    let count = osds.count { !$0.isUp }
    return count == 0 ? [] : ["\(count) of \(osds.count) OSDs are down already"]
  }
}
