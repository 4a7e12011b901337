import Design

/// Nodes and cables by number, laid out once, so that thousands of failures can be tried.
struct Topology: Sendable {
  let names: [String]
  let isHost: [Bool]
  let hasMon: [Bool]
  /// The nodes of each rack.
  let racks: [String: [Int]]
  /// Upper and lower end.
  let links: [(a: Int, b: Int)]
  let numbers: [String: Int]

  init(_ design: Design) {
    let mons = Set(design.ceph?.mons ?? [])
    let numbers = Dictionary(zip(design.nodes.map(\.name), 0...)) { first, _ in first }
    names = design.nodes.map(\.name)
    isHost = design.nodes.map { $0.kind == .host }
    hasMon = names.map { mons.contains($0) }
    racks = Dictionary(grouping: design.nodes.indices) { design.nodes[$0].rack ?? "" }
    links = design.links.compactMap { link in
      guard let a = numbers[link.a.node], let b = numbers[link.b.node] else { return nil }
      return (a, b)
    }
    self.numbers = numbers
  }
}
