import Design

/// Everything that a set of failed components takes down.
struct Outage {
  /// Hosts and switches that are off.
  private(set) var nodes: Set<Int> = []
  /// Nodes that forward and announce nothing: those that are off, and those without routing.
  private(set) var silent: Set<Int> = []
  /// Cables that are down, as their two ends.
  private(set) var links: Set<Set<Int>> = []
  /// Disks whose OSD is down, by host.
  private(set) var osds: [String: Set<String>] = [:]
  private(set) var mons: Set<String> = []
  private(set) var mgrs: Set<String> = []
  /// Pools whose copies are being placed anew.
  private(set) var pools: Set<String> = []
  /// Whether anything is down that other nodes' traffic goes through.
  private(set) var cutsFabric = false

  init(_ down: Set<Component>, in topology: Topology) {
    for component in down {
      switch component {
      case .node(let name):
        guard let node = topology.numbers[name] else { continue }
        nodes.insert(node)
        cutsFabric = cutsFabric || !topology.isHost[node]
      case .rack(let rack):
        nodes.formUnion(topology.racks[rack, default: []])
        cutsFabric = true
      case .link(let a, let b):
        links.insert(Set([a, b].compactMap { topology.numbers[$0] }))
        cutsFabric = true
      case .routing(let name):
        silent.formUnion(topology.numbers[name].map { [$0] } ?? [])
        cutsFabric = true
      case .osd(let host, let disk): osds[host, default: []].insert(disk)
      case .mon(let host): mons.insert(host)
      case .mgr(let host): mgrs.insert(host)
      case .pool(let name): pools.insert(name)
      // Of a cluster that no site file describes.
      case .bucket: break
      }
    }
    silent.formUnion(nodes)
  }

  func isDown(_ a: Int, _ b: Int) -> Bool { !links.isEmpty && links.contains([a, b]) }

  /// Hosts that are off, or whose own routing or cables are down.
  func touchedHosts(_ topology: Topology) -> [Int] {
    silent.union(links.joined()).filter { topology.isHost[$0] }.sorted()
  }
}
