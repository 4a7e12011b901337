import Design

/// Two failures at once, for all pairs of two classes that stand to each other in the same way.
struct FailurePair {
  /// How two components stand to each other: beside what they are, all that matters for what breaks with both down.
  enum Position: String, Sendable, Codable {
    case sameHost, sameRack, apart
  }

  var kinds: [FailureKind]
  var position: Position
  /// How many such pairs there are.
  var count: Int
  /// One of them.
  var example: [Component]
}

extension Symmetry {
  /// All pairs, each exactly once.
  var pairs: [FailurePair] {
    let places = classes.map(Places.init)
    return classes.indices.flatMap { a in
      (a..<classes.count).flatMap { b in
        a == b ? Self.pairs(within: classes[a], places[a]) : Self.pairs(of: classes[a], classes[b], places[a], places[b])
      }
    }
  }

  /// Members of a class by where they stand; those without a rack have none in common.
  private struct Places {
    var hosts: [Int: [Int]] = [:]
    var racks: [Int: [Int]] = [:]
    /// Members in no rack.
    var free: [Int] = []

    init(_ failures: FailureClass) {
      for (number, member) in failures.members.enumerated() {
        if let host = member.host { hosts[host, default: []].append(number) }
        if let rack = member.rack { racks[rack, default: []].append(number) } else { free.append(number) }
      }
    }
  }

  private static func pairs(within failures: FailureClass, _ places: Places) -> [FailurePair] {
    func two(_ n: Int) -> Int { n * (n - 1) / 2 }
    let sameHost = places.hosts.values.reduce(0) { $0 + two($1.count) }
    let inRack = places.racks.values.reduce(0) { $0 + two($1.count) }
    // Hosts of a site without racks have no rack in common.
    let onFreeHosts = places.hosts.values.reduce(0) { sum, members in
      failures.members[members[0]].rack == nil ? sum + two(members.count) : sum
    }
    let counts = (sameHost, inRack - (sameHost - onFreeHosts), two(failures.members.count))
    return pairs(of: failures, failures, places, places, (counts.0, counts.1, counts.2 - counts.0 - counts.1))
  }

  private static func pairs(
    of a: FailureClass, _ b: FailureClass, _ placesA: Places, _ placesB: Places
  ) -> [FailurePair] {
    var sameHost = 0
    var onFreeHosts = 0
    let (few, many) = placesA.hosts.count <= placesB.hosts.count ? (placesA, placesB) : (placesB, placesA)
    for (host, members) in few.hosts {
      guard let others = many.hosts[host], let first = placesA.hosts[host]?.first else { continue }
      sameHost += members.count * others.count
      if a.members[first].rack == nil { onFreeHosts += members.count * others.count }
    }
    let inRack = placesA.racks.reduce(0) { $0 + $1.value.count * (placesB.racks[$1.key]?.count ?? 0) }
    let sameRack = inRack - (sameHost - onFreeHosts)
    return pairs(of: a, b, placesA, placesB, (sameHost, sameRack, a.members.count * b.members.count - sameHost - sameRack))
  }

  private static func pairs(
    of a: FailureClass, _ b: FailureClass, _ placesA: Places, _ placesB: Places,
    _ counts: (sameHost: Int, sameRack: Int, apart: Int)
  ) -> [FailurePair] {
    func pair(_ position: FailurePair.Position, _ count: Int, _ find: () -> (Int, Int)?) -> FailurePair? {
      guard count > 0, let (one, other) = find() else { return nil }
      return FailurePair(
        kinds: [a.kind, b.kind].sorted(), position: position, count: count,
        example: [a.members[one].component, b.members[other].component])
    }
    return [
      pair(.sameHost, counts.sameHost) {
        sharing(placesA.hosts, placesB.hosts) { a.members[$0].component != b.members[$1].component }
      },
      pair(.sameRack, counts.sameRack) {
        sharing(placesA.racks, placesB.racks) { one, other in
          let (x, y) = (a.members[one], b.members[other])
          return x.component != y.component && (x.host == nil || x.host != y.host)
        }
      },
      pair(.apart, counts.apart) { apart(a, b, placesA, placesB) },
    ].compactMap { $0 }
  }

  /// Two different members in the same place: the first of the places with such a pair, so that the same site always
  /// gives the same example.
  private static func sharing(
    _ a: [Int: [Int]], _ b: [Int: [Int]], _ isPair: (Int, Int) -> Bool
  ) -> (Int, Int)? {
    for place in a.keys.sorted() {
      for one in a[place] ?? [] {
        if let other = b[place]?.first(where: { isPair(one, $0) }) { return (one, other) }
      }
    }
    return nil
  }

  /// Two members that have neither host nor rack in common.
  private static func apart(
    _ a: FailureClass, _ b: FailureClass, _ placesA: Places, _ placesB: Places
  ) -> (Int, Int)? {
    // The first of each rack, and all that stand in none: of these any two on different hosts will do.
    func candidates(_ places: Places) -> [Int] { (places.racks.values.map { $0[0] } + places.free).sorted() }
    let (ones, others) = (candidates(placesA), candidates(placesB))
    for one in ones {
      let other = others.first { other in
        let (x, y) = (a.members[one], b.members[other])
        guard x.component != y.component else { return false }
        return (x.rack == nil || x.rack != y.rack) && (x.host == nil || x.host != y.host)
      }
      if let other { return (one, other) }
    }
    return nil
  }
}
