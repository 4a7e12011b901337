import Design

extension Proof {
  /// Tries every OSD, host, rack and monitor of a running cluster, or every pair of them.
  public init(_ cluster: PlacedCluster, depth: Int = 1, kinds: Set<FailureKind>) {
    let simulation = PlacedSimulation(cluster)
    let failures = cluster.failures.filter { kinds.contains($0.kind) }
    func findings(_ down: [PlacedFailure]) -> [Finding] {
      simulation.findings(
        down: down.reduce(into: Set()) { $0.formUnion($1.osds) },
        mons: down.reduce(into: Set()) { $0.formUnion($1.mons) })
    }
    var tally = ProofTally()
    let already = findings([]).broken
    if depth == 1 {
      for failure in failures {
        tally.add([failure.kind], 1, [failure.component], findings([failure]), brokenAlready: already)
      }
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
      name: cluster.name, asked: nil,
      guarantees: [.storageIO, .storageData] + (cluster.mons.isEmpty ? [] : [.control]), depth: depth,
      summaries: tally.summaries, cases: tally.cases,
      notes: cluster.weaknesses)
  }
}

/// Something that fails, and the OSDs and monitors that go down with it.
private struct PlacedFailure {
  var kind: FailureKind
  var component: Component
  var osds: Set<Int> = []
  var mons: Set<String> = []
}

extension PlacedCluster {
  fileprivate var failures: [PlacedFailure] {
    let up = osds.filter(\.isUp)
    let disks = up.map { osd in
      PlacedFailure(
        kind: .disk, component: .osd(host: osd.location["host"] ?? "no host", disk: "osd.\(osd.id)"), osds: [osd.id])
    }
    func buckets(_ type: String, _ kind: FailureKind, _ component: (String) -> Component) -> [PlacedFailure] {
      let members = Dictionary(grouping: up.filter { $0.location[type] != nil }) { $0.location[type] ?? "" }
      let hostsOf = Dictionary(grouping: up.compactMap { osd in osd.location["host"].map { ($0, osd.location[type]) } })
      {
        $0.0
      }
      return members.sorted { $0.key < $1.key }.map { name, osds in
        let lost = mons.filter { mon in
          guard let host = mon.value else { return false }
          return type == "host" ? host == name : hostsOf[host]?.first?.1 == name
        }
        return PlacedFailure(
          kind: kind, component: component(name), osds: Set(osds.map(\.id)), mons: Set(lost.map(\.key)))
      }
    }
    let monitors = mons.keys.sorted().map { PlacedFailure(kind: .mon, component: .mon($0), mons: [$0]) }
    return disks + buckets("host", .host, Component.node) + buckets("rack", .rack, Component.rack) + monitors
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
