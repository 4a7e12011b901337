import Design

/// Two failures at once, for all pairs of two classes that stand to each other in the same way.
struct FailurePair {
  /// How two components stand to each other: beside what they are, all that matters for what breaks with both down.
  enum Position {
    case sameHost, sameRack, apart
  }

  var kinds: [FailureKind]
  var position: Position
  /// How many such pairs there are.
  var count: Int
  /// One of them; of the same site always the same one.
  var example: [Component]
}

/// Members of a class, by number, by where they stand.
struct FailurePlaces {
  private(set) var hosts: [Int: [Int]] = [:]
  private(set) var racks: [Int: [Int]] = [:]
  /// In no rack; two of them have none in common.
  private(set) var free: [Int] = []

  init(_ failures: FailureClass) {
    for (number, member) in failures.members.enumerated() {
      if let host = member.host { hosts[host, default: []].append(number) }
      if let rack = member.rack { racks[rack, default: []].append(number) } else { free.append(number) }
    }
  }
}

extension Symmetry {
  /// All pairs, each exactly once.
  var pairs: [FailurePair] { classes.indices.flatMap { a in (a..<classes.count).flatMap { pairs(a, $0) } } }

  /// The pairs of two classes, by their numbers; of one class with itself, each once.
  func pairs(_ a: Int, _ b: Int) -> [FailurePair] {
    let counts = a == b ? counts(within: a) : counts(a, b)
    return [
      pair(a, b, .sameHost, counts.sameHost) {
        shared(places[a].hosts, places[b].hosts) { $0.component != $1.component }
      },
      pair(a, b, .sameRack, counts.sameRack) {
        shared(places[a].racks, places[b].racks) {
          $0.component != $1.component && ($0.host == nil || $0.host != $1.host)
        }
      },
      pair(a, b, .apart, counts.apart) { apart(a, b) },
    ].compactMap { $0 }

    /// The first pair in the same place.
    func shared(
      _ ones: [Int: [Int]], _ others: [Int: [Int]], _ isPair: (FailureClass.Member, FailureClass.Member) -> Bool
    ) -> (Int, Int)? {
      for place in ones.keys.sorted() {
        for one in ones[place] ?? [] {
          let other = others[place]?.first { isPair(classes[a].members[one], classes[b].members[$0]) }
          if let other { return (one, other) }
        }
      }
      return nil
    }
  }

  private func pair(
    _ a: Int, _ b: Int, _ position: FailurePair.Position, _ count: Int, _ find: () -> (Int, Int)?
  ) -> FailurePair? {
    guard count > 0, let (one, other) = find() else { return nil }
    return FailurePair(
      kinds: [classes[a].kind, classes[b].kind].sorted(), position: position, count: count,
      example: [classes[a].members[one].component, classes[b].members[other].component])
  }

  private typealias Counts = (sameHost: Int, sameRack: Int, apart: Int)

  private func counts(within a: Int) -> Counts {
    func two(_ n: Int) -> Int { n * (n - 1) / 2 }
    let members = classes[a].members
    let sameHost = places[a].hosts.values.reduce(0) { $0 + two($1.count) }
    // Of those, what is in a rack counts there, too.
    let inRacks = places[a].hosts.values.reduce(0) { members[$1[0]].rack == nil ? $0 : $0 + two($1.count) }
    let sameRack = places[a].racks.values.reduce(0) { $0 + two($1.count) } - inRacks
    return (sameHost, sameRack, two(members.count) - sameHost - sameRack)
  }

  private func counts(_ a: Int, _ b: Int) -> Counts {
    var sameHost = 0
    var inRacks = 0
    let (few, many) = places[a].hosts.count <= places[b].hosts.count ? (a, b) : (b, a)
    for (host, members) in places[few].hosts {
      guard let others = places[many].hosts[host] else { continue }
      sameHost += members.count * others.count
      if classes[few].members[members[0]].rack != nil { inRacks += members.count * others.count }
    }
    let sameRack =
      places[a].racks.reduce(0) { $0 + $1.value.count * (places[b].racks[$1.key]?.count ?? 0) } - inRacks
    return (sameHost, sameRack, classes[a].members.count * classes[b].members.count - sameHost - sameRack)
  }

  /// Two members that have neither host nor rack in common.
  private func apart(_ a: Int, _ b: Int) -> (Int, Int)? {
    // The first of each rack, and all that stand in none: of these any two on different hosts will do.
    func candidates(_ places: FailurePlaces) -> [Int] { (places.racks.values.map { $0[0] } + places.free).sorted() }
    let others = candidates(places[b])
    for one in candidates(places[a]) {
      let x = classes[a].members[one]
      let other = others.first { other in
        let y = classes[b].members[other]
        return x.component != y.component && (x.rack == nil || x.rack != y.rack) && (x.host == nil || x.host != y.host)
      }
      if let other { return (one, other) }
    }
    return nil
  }
}
