import Design
import Guarantees

/// Which failures a rehearsal makes: single ones that the site is asked to survive.
public struct FailureChoice: Sendable, Hashable {
  /// A failure, and how many others are like it.
  public struct Item: Sendable, Hashable {
    public var kind: FailureKind
    public var component: Component
    /// Single failures of the site that break the same, this one included.
    public var alike: Int
    /// What must hold.
    public var promised: Set<Guarantee>
  }

  /// In the order in which they are made.
  public var items: [Item]

  /// What takes most away comes first.
  private static let order: [FailureKind] = [.rack, .host, .leaf, .spine, .disk, .mon, .mgr, .link]

  /// - Parameter most: how many; `nil`: all of them
  ///
  /// A few are those that differ most: one of each kind, then one of each further class of a kind, then others of the
  /// same classes. Of failures that are alike one in a place that has not failed yet is taken. The same site gives the
  /// same choice.
  public init(_ design: Design, most: Int? = nil) {
    let groups = FailureGroup.all(of: design).filter { !$0.promised.isEmpty }
    let kinds = Self.order.map { kind in groups.filter { $0.kind == kind } }.filter { !$0.isEmpty }
    let deepest = kinds.map(\.count).max() ?? 0
    // The first class of each kind, the second of each, and so on.
    var queue = (0..<deepest).flatMap { turn in kinds.compactMap { turn < $0.count ? $0[turn] : nil } }
    let wanted = min(most ?? .max, queue.reduce(0) { $0 + $1.members.count })
    let sizes = Dictionary(queue.map { ($0.members[0], $0.members.count) }) { first, _ in first }
    let firsts = queue.map { $0.members[0] }
    let racks = Dictionary(design.nodes.compactMap { node in node.rack.map { (node.name, $0) } }) { first, _ in first }
    var visits: [String: Int] = [:]
    items = []
    while items.count < wanted {
      for index in queue.indices where items.count < wanted && !queue[index].members.isEmpty {
        let members = queue[index].members
        let visited = members.map { visits[Self.place($0, racks), default: 0] }
        let next = members.indices.min { (visited[$0], $0) < (visited[$1], $1) } ?? 0
        let component = queue[index].members.remove(at: next)
        visits[Self.place(component, racks), default: 0] += 1
        items.append(
          Item(
            kind: queue[index].kind, component: component, alike: sizes[firsts[index]] ?? 1,
            promised: queue[index].promised))
      }
    }
  }

  /// The rack that something stands in; without one, the node itself.
  private static func place(_ component: Component, _ racks: [String: String]) -> String {
    switch component {
    case .rack(let rack): rack
    case .node(let node), .mon(let node), .mgr(let node), .osd(let node, _), .routing(let node), .link(_, let node):
      racks[node] ?? node
    case .pool(let name), .bucket(_, let name): name
    }
  }
}
