/// What can be down: the one vocabulary of guarantees, plans and faults.
public enum Component: Sendable, Hashable, Comparable {
  /// A host or a switch, whole.
  case node(String)
  /// Every host and leaf of a rack.
  case rack(String)
  /// The cable between two nodes, upper end first.
  case link(String, String)
  /// An OSD by host and disk path.
  case osd(host: String, disk: String)
  case mon(String)
  case mgr(String)
  /// The routing daemons of a node: it forwards nothing meanwhile.
  case routing(String)
  /// A pool whose copies are being placed anew: until that is done, it bears no other loss.
  case pool(String)
  /// All that is below a bucket of a cluster's CRUSH tree, but for hosts and racks: `datacenter`, `dc1`.
  case bucket(type: String, name: String)
}

extension Component: CustomStringConvertible {
  public var description: String {
    switch self {
    case .node(let name): name
    case .rack(let name): "rack \(name)"
    case .link(let a, let b): "link \(a)–\(b)"
    case .osd(let host, let disk): "osd \(host):\(disk)"
    case .mon(let host): "mon.\(host)"
    case .mgr(let host): "mgr.\(host)"
    case .routing(let node): "routing on \(node)"
    case .pool(let name): "pool \(name)"
    case .bucket(let type, let name): "\(type) \(name)"
    }
  }
}
