import Design
import Site

/// Designs made by hand, so that these tests need no site file.
enum TestDesigns {
  /// Hosts without a fabric.
  static func flat(_ site: String, hosts: Int, network: UInt32) -> Design {
    let nodes = (1...hosts).map { node("h\($0)", .host, rack: nil, index: UInt32($0), network: network) }
    return design(site, nodes: nodes, links: [], network: network)
  }

  /// Racks `a`, `b`, ... with two leaves each; every leaf has a link to every spine and to each host of its rack.
  static func racked(_ site: String, racks: Int, hosts: Int, spines: Int, network: UInt32) -> Design {
    var index: UInt32 = 0
    func next(_ name: String, _ kind: Node.Kind, rack: String?) -> Node {
      index += 1
      return node(name, kind, rack: rack, index: index, network: network)
    }
    func link(_ a: Node, _ b: Node) -> Link {
      Link(a: Link.End(node: a.name, interface: b.name), b: Link.End(node: b.name, interface: a.name))
    }
    let names = ["a", "b", "c", "d"].prefix(racks)
    let tops = (0..<spines).map { next("s\($0 + 1)", .spine, rack: nil) }
    let leaves = names.flatMap { rack in (1...2).map { next("\(rack)-l\($0)", .leaf, rack: rack) } }
    let bottoms = names.flatMap { rack in (1...hosts).map { next("\(rack)\($0)", .host, rack: rack) } }
    let uplinks = tops.flatMap { top in leaves.map { link(top, $0) } }
    let downlinks = leaves.flatMap { leaf in bottoms.filter { $0.rack == leaf.rack }.map { link(leaf, $0) } }
    return design(site, nodes: tops + leaves + bottoms, links: uplinks + downlinks, network: network)
  }

  /// - Parameter network: The third octet of the management network, so that labs of tests do not meet.
  private static func node(_ name: String, _ kind: Node.Kind, rack: String?, index: UInt32, network: UInt32) -> Node {
    let management = IPv4Address(bits: 198 << 24 | 18 << 16 | network << 8 | (10 + index))
    let loopback = IPv4Address(bits: 198 << 24 | 18 << 16 | 64 << 8 | index)
    let disks = kind == .host ? [DiskDesign(path: "/dev/vdb", deviceClass: nil, size: .gib(1), uuid: "\(index)")] : []
    return Node(
      name: name, kind: kind, rack: rack, management: management,
      loopback: Loopback(ipv4: loopback, ipv6: IPv6Address(bits: 0xfd << 120 | UInt128(index))), asn: nil,
      service: rack == nil ? management : loopback, disks: disks)
  }

  private static func design(_ site: String, nodes: [Node], links: [Link], network: UInt32) -> Design {
    let management = IPv4Prefix(IPv4Address(bits: 198 << 24 | 18 << 16 | network << 8), length: 24)
    let loopbacks = IPv4Prefix(IPv4Address(bits: 198 << 24 | 18 << 16 | 64 << 8), length: 18)
    return Design(
      site: site, nodes: nodes, links: links,
      network: NetworkDesign(
        management: management, loopbacksIPv4: loopbacks,
        loopbacksIPv6: IPv6Prefix(IPv6Address(bits: 0xfd << 120), length: 48), mtu: 9000),
      ceph: nil, survive: Survival(storage: .host, network: .host, control: .host), capacity: nil)
  }
}
