import Foundation
import Testing

@testable import Site

@Suite struct SiteFileTests {
  @Test(arguments: ["one-vm", "three-hosts", "one-rack", "three-racks"])
  func examplesAreValid(name: String) throws {
    let path = "Examples/\(name)/site.yaml"
    let yaml = try String(contentsOf: Repository.root.appending(path: path), encoding: .utf8)
    let site = try SiteFile.decode(yaml, path: path).get()
    #expect(site.name == name)
    #expect(site.faults.isEmpty && site.faultsAsAWhole.isEmpty)
  }

  @Test func starterIsValid() throws {
    let site = try SiteFile.decode(SiteStarter.yaml, path: "site.yaml").get()
    #expect(site.hosts.map(\.name) == ["vm1"])
  }

  @Test func smallestSiteHasAllDefaults() throws {
    let site = try SiteFile.decode("site: demo\nhosts:\n  vm1: { address: 198.18.0.11 }\n", path: "site.yaml").get()
    #expect(
      site == Site(name: "demo", hosts: [Host(name: "vm1", address: IPv4Address(bits: 0xC612_000B))]))
  }

  @Test func everyKeyIsRead() throws {
    let yaml = """
      site: osl2
      network:
        management: 198.18.0.0/24
        loopbacks: { ipv4: 198.18.64.0/18, ipv6: fd00:6f73:6c32::/48 }
        asns: 64512-65534
        mtu: 1500
        spines:
          s1: { address: 198.18.0.201, loopback: 198.18.64.1, loopback6: fd00:6f73:6c32::1, asn: 64600 }
      racks:
        a: { leaves: { a-l1: { address: 198.18.0.111, ports: { a1: swp1 } } } }
      hosts:
        a1:
          address: 198.18.0.11
          rack: a
          roles: [storage, control]
          disks: [/dev/vdb, { path: /srv/osd.img, class: hdd, size: 1.5TB }]
          cores: 8
          memory: 64GiB
          ports: { a-l1: enp1s0f0 }
      storage: { ceph: { pools: { vms: { use: rgw, replicas: 1, share: 12.5%, class: hdd } } } }
      survive: { storage: none, network: none, control: none }
      """
    let site = try SiteFile.decode(yaml, path: "site.yaml").get()
    #expect(site.network.asns == 64512...65534)
    #expect(site.network.mtu == 1500)
    #expect(site.network.spines[0].overrides.asn == 64600)
    #expect(site.network.spines[0].overrides.loopbackIPv4?.description == "198.18.64.1")
    #expect(site.network.spines[0].overrides.loopbackIPv6?.description == "fd00:6f73:6c32::1")
    #expect(site.racks[0].leaves[0].overrides.ports == ["a1": "swp1"])
    let host = site.hosts[0]
    #expect(host.roles == [.storage, .control] && host.rack == "a" && host.cores == 8 && host.memory == .gib(64))
    #expect(
      host.disks == [
        Disk(path: "/dev/vdb"), Disk(path: "/srv/osd.img", deviceClass: .hdd, size: Bytes(1_500_000_000_000)),
      ])
    #expect(
      site.storage.ceph?.pools == [Pool(name: "vms", use: .rgw, replicas: 1, share: 12.5, deviceClass: .hdd)])
    #expect(
      site.survive == Survive(storage: FailureDomain.none, network: FailureDomain.none, control: FailureDomain.none))
  }

  @Test func allProblemsAreReportedAtOnce() {
    let yaml = """
      site: 9lives
      hosts:
        h1: { adress: 198.18.0.11 }
        h2: { address: 198.18.0.12, memory: 4 }
        h2: { address: 198.18.0.13, roles: [storge] }
        h3: { address: 198.18.0.12, cores: many }
      """
    guard case .failure(let failure) = SiteFile.decode(yaml, path: "s.yaml") else {
      Issue.record("the file is broken")
      return
    }
    #expect(
      failure.problems.map { "\($0.line):\($0.column) \($0.what)" } == [
        "1:7 site: '9lives' is not a name for a site",
        "3:9 unknown key 'adress' in host 'h1'",
        "4:39 memory of host 'h2': '4' is not a size with a unit",
        "5:3 'h2' is there twice, first in line 4",
        "6:38 cores of host 'h3': 'many' is not a whole number from 1 to 4096",
      ])
  }
}

/// The checkout that the tests were built from.
enum Repository {
  static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
}
