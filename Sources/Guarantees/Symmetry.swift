import Design
import Site

/// A site's components sorted into classes: what the loss of one breaks, the loss of any other of its class breaks.
///
/// Hosts of a rack are alike if they hang on the same leaves and carry the same daemons and disks. Racks are alike if
/// their leaves have the same spines and their hosts are alike. So thousands of hosts come down to a handful of classes,
/// and a failure has to be tried once for each: exact, not sampled, for exchanging two that are alike changes nothing
/// that any guarantee asks.
struct Symmetry {
  let classes: [FailureClass]
  /// Where the members of each class stand.
  let places: [FailurePlaces]

  /// Every component of the kinds that are asked for.
  init(_ design: Design, kinds: Set<FailureKind> = Set(FailureKind.allCases)) {
    var builder = ClassBuilder(design)
    builder.addAll()
    self.init(builder.classes.filter { kinds.contains($0.kind) })
  }

  private init(_ classes: [FailureClass]) {
    self.classes = classes
    places = classes.map(FailurePlaces.init)
  }
}

extension Symmetry {
  /// The same without one kind.
  func without(_ kind: FailureKind) -> Symmetry {
    Symmetry(classes.filter { $0.kind != kind })
  }
}

/// Components that are alike.
struct FailureClass {
  let kind: FailureKind
  private(set) var members: [Member] = []

  /// A component, and where it stands.
  struct Member {
    var component: Component
    /// Numbers; `nil`: in no host, in no rack.
    var host: Int?
    var rack: Int?
  }

  init(_ kind: FailureKind) { self.kind = kind }

  mutating func add(_ member: Member) { members.append(member) }

  /// Any of them.
  var representative: Component { members[0].component }
}

/// Gives each component its class.
private struct ClassBuilder {
  private(set) var classes: [FailureClass] = []
  private let design: Design
  private let numbers: [String: Int]
  private var known: [Key: Int] = [:]
  /// Node to rack, as numbers.
  private var rackOf: [Int?] = []
  /// Nodes of the same number are alike.
  private var signatureOf: [Int] = []
  /// Racks of the same number hold the same.
  private var shapeOf: [Int] = []

  /// What tells a class from others of its kind: numbers of signatures, shapes or disks.
  private struct Key: Hashable {
    var kind: FailureKind
    var first: Int
    var second = 0
  }

  init(_ design: Design) {
    self.design = design
    numbers = Dictionary(zip(design.nodes.map(\.name), 0...)) { first, _ in first }
    var racks = Numbering<String>()
    rackOf = design.nodes.map { $0.rack.map { racks.number($0) } }
    sign(racks: racks.count)
  }

  /// A host is known by its uplinks' places in the rack, its daemons and disks, and its rack; a leaf by its place and
  /// its rack; a rack by all of what is in it.
  private mutating func sign(racks: Int) {
    // Without the only spine every rack is by itself, and which of them counts as the main part is a matter of their order.
    let hasOneSpine = design.nodes.count { $0.kind == .spine } == 1
    let own = zip(design.nodes, ownTexts(places: leafPlaces(racks: racks))).map { node, text in
      hasOneSpine ? "\(text) of \(node.rack ?? "")" : text
    }
    var contents = Array(repeating: [String](), count: racks)
    for number in own.indices { if let rack = rackOf[number] { contents[rack].append(own[number]) } }
    var shapes = Numbering<[String]>()
    shapeOf = contents.map { shapes.number($0.sorted()) }
    var signatures = Numbering<[String]>()
    signatureOf = own.indices.map { number in
      signatures.number([own[number]] + (rackOf[number].map { ["in \(shapeOf[$0])"] } ?? []))
    }
  }

  /// For each leaf the how-manieth it is in its rack.
  private func leafPlaces(racks: Int) -> [Int?] {
    var leaves = Array(repeating: 0, count: racks)
    return design.nodes.enumerated().map { number, node in
      guard node.kind == .leaf, let rack = rackOf[number] else { return nil }
      defer { leaves[rack] += 1 }
      return leaves[rack]
    }
  }

  private func ownTexts(places: [Int?]) -> [String] {
    let mons = Set(design.ceph?.mons ?? [])
    let mgrs = Set(design.ceph?.mgrs ?? [])
    let disks = Dictionary(grouping: design.ceph?.osds ?? [], by: \.host).mapValues { osds in
      osds.map { Self.text(of: $0.disk) }.sorted().joined(separator: ",")
    }
    var uplinks = design.nodes.map { _ in [String]() }
    for link in design.links {
      guard let upper = numbers[link.a.node], let lower = numbers[link.b.node] else { continue }
      // A leaf by its place in the rack of both; what is elsewhere by its name.
      let isNear = rackOf[upper] != nil && rackOf[upper] == rackOf[lower]
      uplinks[lower].append(isNear ? "\(places[upper] ?? 0)" : link.a.node)
    }
    return design.nodes.enumerated().map { number, node in
      let up = uplinks[number].sorted().joined(separator: ",")
      switch node.kind {
      case .spine: return "spine \(node.name)"
      case .leaf: return "leaf \(places[number] ?? 0) to \(up)"
      case .host:
        return "host to \(up) \(mons.contains(node.name) ? "mon" : "") \(mgrs.contains(node.name) ? "mgr" : "") "
          + (disks[node.name] ?? "")
      }
    }
  }

  private static func text(of disk: DiskDesign) -> String {
    "\(disk.deviceClass?.rawValue ?? "")/\(disk.size?.count ?? 0)"
  }

  private mutating func add(_ key: Key, _ component: Component, host: Int?, rack: Int?) {
    let number = known[key] ?? classes.count
    if number == classes.count {
      known[key] = number
      classes.append(FailureClass(key.kind))
    }
    classes[number].add(.init(component: component, host: host, rack: rack))
  }

  mutating func addAll() {
    addDisks()
    for (number, node) in design.nodes.enumerated() {
      let kind: FailureKind =
        switch node.kind {
        case .host: .host
        case .leaf: .leaf
        case .spine: .spine
        }
      add(
        Key(kind: kind, first: signatureOf[number]), .node(node.name), host: kind == .host ? number : nil,
        rack: rackOf[number])
    }
    for link in design.links {
      guard let upper = numbers[link.a.node], let lower = numbers[link.b.node] else { continue }
      add(
        Key(kind: .link, first: signatureOf[upper], second: signatureOf[lower]), .link(link.a.node, link.b.node),
        host: design.nodes[lower].kind == .host ? lower : nil, rack: rackOf[lower])
    }
    var seen: Set<Int> = []
    for (number, node) in design.nodes.enumerated() {
      guard let rack = rackOf[number], let name = node.rack, seen.insert(rack).inserted else { continue }
      add(Key(kind: .rack, first: shapeOf[rack]), .rack(name), host: nil, rack: rack)
    }
    for name in design.ceph?.mons ?? [] { addDaemon(.mon, .mon(name), on: name) }
    for name in design.ceph?.mgrs ?? [] { addDaemon(.mgr, .mgr(name), on: name) }
  }

  private mutating func addDisks() {
    var disks = Numbering<DiskKind>()
    for osd in design.ceph?.osds ?? [] {
      guard let host = numbers[osd.host] else { continue }
      let disk = disks.number(DiskKind(deviceClass: osd.disk.deviceClass, size: osd.disk.size))
      add(
        Key(kind: .disk, first: signatureOf[host], second: disk), .osd(host: osd.host, disk: osd.disk.path), host: host,
        rack: rackOf[host])
    }
  }

  private struct DiskKind: Hashable {
    var deviceClass: DeviceClass?
    var size: Bytes?
  }

  private mutating func addDaemon(_ kind: FailureKind, _ component: Component, on name: String) {
    guard let host = numbers[name] else { return }
    add(Key(kind: kind, first: signatureOf[host]), component, host: host, rack: rackOf[host])
  }
}

/// Gives equal things the same number, counted from zero.
private struct Numbering<Thing: Hashable> {
  private var known: [Thing: Int] = [:]

  var count: Int { known.count }

  mutating func number(_ thing: Thing) -> Int {
    if let number = known[thing] { return number }
    defer { known[thing] = known.count }
    return known.count
  }
}
