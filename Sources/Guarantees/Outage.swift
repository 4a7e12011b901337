import Design

/// Everything that a set of failed components takes down.
struct Outage {
  /// Hosts and switches that are off.
  private(set) var nodes: Set<String> = []
  /// Nodes that forward and announce nothing: those that are off, and those without routing.
  private(set) var silent: Set<String> = []
  private(set) var links: Set<Set<String>> = []
  /// Disks whose OSD is down, by host.
  private(set) var osds: [String: Set<String>] = [:]
  private(set) var mons: Set<String> = []
  /// Whether anything is down that other nodes' traffic goes through.
  private(set) var cutsFabric = false

  init(_ down: Set<Component>, of design: Design, kinds: [String: Node.Kind]) {
    for component in down {
      switch component {
      case .node(let name):
        nodes.insert(name)
        cutsFabric = cutsFabric || kinds[name] != .host
      case .rack(let rack):
        nodes.formUnion(design.nodes.filter { $0.rack == rack }.map(\.name))
        cutsFabric = true
      case .link(let a, let b):
        links.insert([a, b])
        cutsFabric = true
      case .routing(let name):
        silent.insert(name)
        cutsFabric = true
      case .osd(let host, let disk): osds[host, default: []].insert(disk)
      case .mon(let host): mons.insert(host)
      case .mgr: break
      }
    }
    silent.formUnion(nodes)
  }
}
