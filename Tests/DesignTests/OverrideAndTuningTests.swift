import Site
import Testing

@testable import Design

@Suite struct OverrideAndTuningTests {
  @Test func whatIsStatedWins() throws {
    var site = Sites.racked(1, hosts: 2)
    let loopback6 = IPv6Address("fd00:7465:7374::77")
    site.hosts[0].overrides = FabricOverrides(
      loopbackIPv4: Sites.address(64, 77), loopbackIPv6: loopback6, asn: 64999, ports: ["r1-l1": "enp1s0f0"])
    let design = Design(site)
    let node = try #require(design.node("r1h0"))
    #expect(node.loopback.ipv4 == Sites.address(64, 77) && node.service == node.loopback.ipv4)
    #expect(node.loopback.ipv6 == loopback6 && node.asn == 64999)
    #expect(design.ports(of: "r1h0").map(\.interface) == ["enp1s0f0", "r1-l2"])
    #expect(design.ports(of: "r1h0").map(\.peer.interface) == ["r1h0", "r1h0"])
  }

  @Test func switchesAndHypervisorsForward() {
    for node in Design(Sites.racked(2, hosts: 1)).nodes {
      #expect(node.sysctls["net.ipv4.ip_forward"] == "1")
      #expect(node.sysctls["net.ipv4.fib_multipath_hash_policy"] == "1")
      #expect(node.sysctls["net.ipv6.fib_multipath_hash_policy"] == "1")
    }
    let storage = Design(Sites.racked(1, hosts: 1, roles: [.control, .storage])).hosts[0]
    #expect(storage.sysctls["net.ipv4.ip_forward"] == nil)
    let flat = Design(Sites.flat(1)).nodes[0].sysctls
    #expect(flat["net.ipv4.fib_multipath_hash_policy"] == nil && flat["net.ipv4.ip_forward"] == nil)
  }

  @Test func tuningFollowsRoles() {
    func node(_ roles: Set<Role>) -> Node { Design(Sites.racked(1, hosts: 1, roles: roles)).hosts[0] }
    #expect(node([.control]).sysctls["vm.swappiness"] == nil && node([.control]).modules == [])
    #expect(node([.storage]).sysctls["vm.swappiness"] == "10")
    #expect(node([.compute]).modules == ["tun", "vhost_net"])
  }

  @Test(arguments: [
    OSDs(roles: [.storage], memory: 64, target: 48_103_633_715),
    OSDs(roles: [.storage, .control], memory: 64, target: 34_359_738_368),
    OSDs(roles: [.storage, .control, .compute], memory: 64, target: 17_179_869_184),
    OSDs(roles: [.storage, .control], memory: 1, target: 939_524_096),
  ])
  func memoryOfOSDsFollowsRoles(osds: OSDs) throws {
    var site = Sites.racked(1, hosts: 1, roles: osds.roles)
    site.hosts[0].memory = .gib(osds.memory)
    let options = try #require(Design(site).ceph?.config["osd/host:r1h0"])
    #expect(options["osd_memory_target"] == "\(osds.target)")
    // Where the target is too small to be tuned to, the cache is small and fixed.
    #expect((options["bluestore_cache_autotune"] == "false") == (osds.memory == 1))
  }

  struct OSDs {
    var roles: Set<Role>
    /// Of the host, in GiB.
    var memory: UInt64
    /// Of the one OSD, in bytes.
    var target: UInt64
  }

  @Test func eachDeviceClassHasItsRule() {
    var site = Sites.flat(4, disks: 2)
    for host in site.hosts.indices {
      site.hosts[host].disks[0].deviceClass = .nvme
      site.hosts[host].disks[1].deviceClass = .hdd
    }
    site.storage.ceph = CephStorage(pools: [
      Pool(name: "vms", share: 70, deviceClass: .nvme), Pool(name: "archive", deviceClass: .hdd),
      Pool(name: "images", deviceClass: .nvme),
    ])
    let ceph = Design(site).ceph
    #expect(ceph?.rules.map(\.name) == ["replicated-host", "replicated-host-nvme", "replicated-host-hdd"])
    #expect(ceph?.pools.map(\.rule) == ["replicated-host-nvme", "replicated-host-hdd", "replicated-host-nvme"])
    #expect(ceph?.pools.map(\.share) == [0.7, 0.15, 0.15])
  }

  @Test func noPoolKeepsOneCopyUnasked() {
    for (hosts, disks) in [(1, 2), (1, 5), (2, 1), (3, 1), (9, 4)] {
      var site = Sites.flat(hosts, disks: disks)
      site.storage.ceph = CephStorage(pools: [Pool(name: "vms")])
      let ceph = Design(site).ceph
      #expect(ceph?.pools.allSatisfy { $0.size >= 2 } == true)
      #expect(ceph?.config["global"]?["mon_allow_pool_size_one"] == nil)
    }
  }
}
