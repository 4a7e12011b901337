import Site
import TestSupport
import Testing

@testable import Design

/// What was given stays given, whatever is added, and wherever in the file.
@Suite struct GrowthTests {
  @Test func nothingIsRenumbered() {
    for seed in 0..<2_000 { grow(seed: UInt64(seed)) }
  }

  private func grow(seed: UInt64) {
    var growth = Growth(seed: seed)
    var before = Identity(Design(growth.site))
    for _ in 0..<6 {
      growth.grow()
      #expect(growth.site.faults.isEmpty && growth.site.faultsAsAWhole.isEmpty, "seed \(seed)")
      let after = Identity(Design(growth.site))
      #expect(after.keeps(before), "seed \(seed)")
      before = after
    }
  }

  @Test func hostsAtTheEndMoveNoMonitor() {
    for racks in 1...7 {
      var site = Sites.racked(racks, hosts: 3)
      let mons = Design(site).ceph?.mons
      for number in 0..<20 {
        site.hosts.append(
          Host(name: "new\(number)", address: Sites.address(60, number + 1), rack: "r\(1 + number % racks)"))
        #expect(Design(site).ceph?.mons == mons)
      }
    }
  }
}

/// Everything that a device, link or disk is known by.
private struct Identity {
  var devices: [String: [String]] = [:]
  var interfaces: [[String]: [String]] = [:]
  var osds: [String: String] = [:]

  init(_ design: Design) {
    for node in design.nodes {
      devices[node.name] = [
        "\(node.loopback.ipv4)", "\(node.loopback.ipv6)", "\(node.asn ?? 0)", "\(node.service)", "\(node.management)",
      ]
      for disk in node.disks { osds["\(node.name):\(disk.path)"] = disk.uuid }
    }
    for link in design.links { interfaces[[link.a.node, link.b.node]] = [link.a.interface, link.b.interface] }
  }

  func keeps(_ earlier: Identity) -> Bool {
    earlier.devices.allSatisfy { devices[$0.key] == $0.value }
      && earlier.interfaces.allSatisfy { interfaces[$0.key] == $0.value }
      && earlier.osds.allSatisfy { osds[$0.key] == $0.value }
  }
}

/// A site that grows by random steps, each at a random position in the file.
private struct Growth {
  var site: Site
  private var random: SplitMix64
  private var names = 0
  private var free: [IPv4Address]

  init(seed: UInt64) {
    random = SplitMix64(seed)
    free = (0..<4).flatMap { third in (1...250).map { Sites.address(third, $0) } }.shuffled(using: &random)
    site = Site(name: "grow", hosts: [])
    site.network.management = IPv4Prefix("198.18.0.0/18")
    if seed.isMultiple(of: 4) {
      addHost()
    } else {
      site.network.spines = [nextSwitch(), nextSwitch()]
      addRack()
      addHost()
    }
  }

  mutating func grow() {
    switch Int.random(in: 0..<10, using: &random) {
    case 0 where site.isRacked: insert(nextSwitch(), into: \.network.spines)
    case 1 where site.isRacked: addRack()
    case 2 where site.isRacked:
      let rack = Int.random(in: 0..<site.racks.count, using: &random)
      insert(nextSwitch(), into: \.racks[rack].leaves)
    case 3, 4, 5:
      let host = Int.random(in: 0..<site.hosts.count, using: &random)
      insert(Disk(path: "/dev/\(nextName())", size: .gib(10)), into: \.hosts[host].disks)
    default: addHost()
    }
  }

  private mutating func addRack() {
    insert(Rack(name: nextName(), leaves: [nextSwitch(), nextSwitch()]), into: \.racks)
  }

  private mutating func addHost() {
    insert(
      Host(
        name: nextName(), address: free.removeLast(), rack: site.racks.randomElement(using: &random)?.name,
        disks: [Disk(path: "/dev/vdb", size: .gib(10))]),
      into: \.hosts)
  }

  private mutating func nextName() -> String {
    names += 1
    return "n\(names)"
  }

  private mutating func nextSwitch() -> Switch { Switch(name: nextName(), address: free.removeLast()) }

  private mutating func insert<T>(_ thing: T, into path: WritableKeyPath<Site, [T]>) {
    site[keyPath: path].insert(thing, at: Int.random(in: 0...site[keyPath: path].count, using: &random))
  }
}
