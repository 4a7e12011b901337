/// Where a cluster's OSDs are: `ceph osd tree`.
public struct CrushTree: Sendable, Hashable {
  /// A bucket, or an OSD.
  public struct Node: Sendable, Hashable {
    /// Negative for buckets.
    public var id: Int
    public var name: String
    /// `root`, `rack`, `host`, `osd`.
    public var type: String
    /// For OSDs.
    public var deviceClass: String?
    /// For OSDs, in TiB.
    public var weight: Double?
  }

  /// By number.
  private let nodes: [Int: Node]
  private let parents: [Int: Int]
  private let numbers: [String: Int]

  /// - Parameter children: number of a bucket to the numbers of what is in it
  public init(_ nodes: [Node], children: [Int: [Int]]) {
    self.nodes = Dictionary(nodes.map { ($0.id, $0) }) { first, _ in first }
    numbers = Dictionary(nodes.map { ($0.name, $0.id) }) { first, _ in first }
    parents = Dictionary(children.flatMap { parent, ids in ids.map { ($0, parent) } }) { first, _ in first }
  }

  public func node(_ name: String) -> Node? { numbers[name].flatMap { nodes[$0] } }

  public func osd(_ id: Int) -> Node? { nodes[id] }

  /// What a bucket is in.
  public func parent(of name: String) -> Node? { numbers[name].flatMap { parents[$0] }.flatMap { nodes[$0] } }

  /// The bucket of type host that an OSD is in.
  public func host(of osd: Int) -> String? {
    var id = parents[osd]
    while let number = id, let node = nodes[number] {
      if node.type == "host" { return node.name }
      id = parents[number]
    }
    return nil
  }

  /// Buckets of a type, by name.
  public func buckets(_ type: String) -> [Node] {
    nodes.values.filter { $0.type == type && $0.id < 0 }.sorted { $0.name < $1.name }
  }

  /// The names of what is in a bucket.
  public func members(of bucket: Node) -> [String] {
    parents.filter { $0.value == bucket.id }.compactMap { nodes[$0.key]?.name }.sorted()
  }
}
