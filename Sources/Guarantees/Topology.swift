import Design

/// Nodes and cables by number, laid out once, so that thousands of failures can be tried.
struct Topology: Sendable {
  let names: [String]
  let isHost: [Bool]
  let hasMon: [Bool]
  /// The nodes of each rack.
  let racks: [String: [Int]]
  /// Cables between switches, upper and lower end.
  let links: [(a: Int, b: Int)]
  /// Hosts that hang on the same switches are alike until something happens to one of them.
  let classes: [HostClass]
  /// For each node its class; `nil` for switches.
  let classOf: [Int?]
  let numbers: [String: Int]

  /// Hosts with cables to the same switches.
  struct HostClass: Sendable {
    var uplinks: [Int]
    /// In ascending order; never empty.
    var hosts: [Int]
    var mons: Int
  }

  init(_ design: Design) {
    let mons = Set(design.ceph?.mons ?? [])
    let numbers = Dictionary(zip(design.nodes.map(\.name), 0...)) { first, _ in first }
    names = design.nodes.map(\.name)
    isHost = design.nodes.map { $0.kind == .host }
    hasMon = names.map { mons.contains($0) }
    racks = Dictionary(grouping: design.nodes.indices) { design.nodes[$0].rack ?? "" }
    var links: [(a: Int, b: Int)] = []
    var uplinks = names.map { _ in [Int]() }
    for link in design.links {
      guard let a = numbers[link.a.node], let b = numbers[link.b.node] else { continue }
      if isHost[b] { uplinks[b].append(a) } else { links.append((a, b)) }
    }
    self.links = links
    self.numbers = numbers
    (classes, classOf) = Self.classes(uplinks, isHost: isHost, hasMon: hasMon)
  }

  private static func classes(
    _ uplinks: [[Int]], isHost: [Bool], hasMon: [Bool]
  ) -> (classes: [HostClass], of: [Int?]) {
    var classes: [HostClass] = []
    var known: [[Int]: Int] = [:]
    var classOf: [Int?] = []
    for node in uplinks.indices {
      guard isHost[node] else {
        classOf.append(nil)
        continue
      }
      let number = known[uplinks[node]] ?? classes.count
      if number == classes.count {
        known[uplinks[node]] = number
        classes.append(HostClass(uplinks: uplinks[node], hosts: [], mons: 0))
      }
      classes[number].hosts.append(node)
      classes[number].mons += hasMon[node] ? 1 : 0
      classOf.append(number)
    }
    return (classes, classOf)
  }
}
