import Site
import Testing

@testable import Design

@Suite struct DesignTests {
  @Test func addressesReadLikeTheirManagementAddress() throws {
    let design = Design(try Sites.example("three-racks"))
    let a1 = try #require(design.node("a1"))
    #expect(a1.loopback.ipv4.description == "198.18.64.11")
    #expect(a1.loopback.ipv6.description == "fd00:7468:7265::11")
    #expect(a1.service == a1.loopback.ipv4)
    let spine = try #require(design.node("s2"))
    #expect(spine.loopback.ipv6.description == "fd00:7468:7265::202")
    #expect(Set(design.nodes.compactMap(\.asn)).count == design.nodes.count)
  }

  @Test func cablesNameTheirInterfacesAfterThePeer() throws {
    let design = Design(try Sites.example("three-racks"))
    #expect(design.links.count == 2 * 6 + 6 * 3)
    #expect(
      design.links.first
        == Link(a: .init(node: "s1", interface: "a-l1"), b: .init(node: "a-l1", interface: "s1")))
    #expect(design.ports(of: "b2").map(\.peer.node) == ["b-l1", "b-l2"])
  }

  @Test func flatSiteHasNoFabric() throws {
    let design = Design(try Sites.example("one-vm"))
    #expect(!design.hasFabric)
    #expect(design.nodes[0].service == design.nodes[0].management)
    #expect(design.nodes[0].asn == nil)
    #expect(design.survive == Survival(storage: .disk, network: .none, control: .none))
    let ceph = try #require(design.ceph)
    #expect(ceph.mons == ["vm1"] && ceph.mgrs == ["vm1"])
    #expect(ceph.rules.map(\.failureDomain) == ["osd"])
    #expect(ceph.pools.map(\.size) == [3])
    #expect(ceph.config["global"]?["osd_crush_chooseleaf_type"] == "0")
    #expect(ceph.config["global"]?["public_network"] == "198.18.0.0/24")
  }

  @Test func threeRacksSpreadEverything() throws {
    let design = Design(try Sites.example("three-racks"))
    let ceph = try #require(design.ceph)
    #expect(ceph.mons == ["a1", "b1", "c1"])
    #expect(ceph.mgrs == ["a1", "b1"])
    #expect(ceph.osds.count == 9)
    #expect(
      ceph.osds[3].location == [
        CrushBucket(type: "root", name: "default"), CrushBucket(type: "rack", name: "b"),
        CrushBucket(type: "host", name: "b1"),
      ])
    #expect(
      ceph.rules == [CrushRule(name: "replicated-rack", root: "default", failureDomain: "rack", deviceClass: nil)])
    #expect(ceph.pools.map(\.pgs) == [256, 64])
    #expect(ceph.pools.allSatisfy { $0.size == 3 && $0.minSize == 2 })
    #expect(ceph.config["global"]?["public_network"] == "198.18.64.0/18")
    #expect(ceph.config["osd/host:a1"]?["osd_memory_target"] == "1073741824")
  }

  /// Five of which one rack holds three would survive its loss no more.
  @Test func fiveMonitorsStayEvenOverRacks() {
    var site = Sites.racked(3, hosts: 18)
    let control: Set = ["r1h0", "r1h1", "r1h2", "r2h0", "r3h0"]
    for host in site.hosts.indices where !control.contains(site.hosts[host].name) {
      site.hosts[host].roles.remove(.control)
    }
    #expect(Design(site).ceph?.mons == ["r1h0", "r2h0", "r3h0"])
  }

  @Test(arguments: [
    (Sites.flat(1), 1), (Sites.flat(2), 1), (Sites.flat(3), 3), (Sites.flat(20), 3), (Sites.flat(51), 5),
    (Sites.racked(1, hosts: 3), 3), (Sites.racked(3, hosts: 1), 3), (Sites.racked(4, hosts: 10), 3),
    (Sites.racked(5, hosts: 1), 5), (Sites.racked(20, hosts: 2), 5),
  ])
  func monitorsAreAnOddNumber(site: Site, count: Int) {
    #expect(Design(site).ceph?.mons.count == count)
  }

  @Test(arguments: [
    (Sites.flat(1), FailureDomain.none, 1), (Sites.flat(1, disks: 2), .disk, 2), (Sites.flat(1, disks: 3), .disk, 3),
    (Sites.flat(2, disks: 2), .disk, 3), (Sites.flat(3), .host, 3), (Sites.racked(2, hosts: 2), .host, 3),
    (Sites.racked(3, hosts: 1), .rack, 3),
  ])
  func storageSurvivesTheMostItCan(site: Site, domain: FailureDomain, size: Int) {
    var site = site
    site.storage.ceph = CephStorage(pools: [Pool(name: "vms")])
    let design = Design(site)
    #expect(design.survive.storage == domain)
    #expect(design.ceph?.pools.map(\.size) == [size])
  }

  @Test func identitiesDoNotChangeBetweenVersions() {
    #expect(NameUUID("").description == "6c62272e-07bb-8142-a2b8-21756295c58d")
    #expect(NameUUID("three-racks/a1//dev/vdb").description == "0d85f6ae-3714-80a9-b3fa-40af4008ec2d")
    let uuids = Set((0..<10_000).map { NameUUID("site/host\($0)//dev/vdb").description })
    #expect(uuids.count == 10_000)
  }

  @Test func placementGroupsKeepTheLimit() {
    for osds in 1...40 {
      var site = Sites.flat(1, disks: osds)
      site.storage.ceph = CephStorage(pools: (0..<12).map { Pool(name: "p\($0)") })
      let pools = Design(site).ceph?.pools ?? []
      #expect(pools.reduce(0) { $0 + $1.pgs * $1.size } <= PlacementGroups.limit * osds)
      #expect(pools.allSatisfy { $0.pgs.nonzeroBitCount == 1 })
    }
    #expect(
      [1, 2, 3, 5, 6, 7, 95, 97, 240].map { PlacementGroups.nearestPowerOfTwo($0) } == [1, 2, 4, 4, 8, 8, 64, 128, 256])
  }

  @Test func capacityIsBoundByTheSmallDomains() throws {
    // 100, 100 and 1000 GiB: the large host's third replica has no partners beyond the small ones.
    var site = Sites.flat(3)
    site.hosts[2].disks[0].size = .gib(1000)
    let capacity = try #require(Design(site).capacity)
    #expect(capacity.raw == .gib(1200))
    #expect(capacity.usable.count == UInt64(Double(100 << 30) * 0.85))
    #expect(capacity.largestDomain == "host h2")
    #expect(capacity.usableWithoutLargest.count == UInt64(Double(100 << 30) * 0.85))
  }

  @Test func capacityNeedsEverySize() {
    var site = Sites.flat(3)
    site.hosts[1].disks[0].size = nil
    #expect(Design(site).capacity == nil)
  }

  @Test func pureFunctionOfTheSite() throws {
    let site = try Sites.example("three-racks")
    #expect(Design(site) == Design(site))
  }
}
