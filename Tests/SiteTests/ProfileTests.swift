import Foundation
import Testing

@testable import Site

@Suite struct ProfileTests {
  private static let hosts = "hosts: { h1: { address: 198.18.0.11, disks: [/dev/vdb, /dev/vdc, /dev/vdd] } }\n"

  private func site(_ own: String, _ profiles: [String: String]) throws -> Site {
    try SiteFile.decode("site: s\nextends: p.yaml\n\(own)", path: "s.yaml") { path in
      try #require(profiles[path])
    }.get()
  }

  @Test func theProfileSaysWhatTheSiteLeavesOut() throws {
    let site = try site(Self.hosts, ["p.yaml": "network: { mtu: 1500 }\n"])
    #expect(site.network.mtu == 1500)
    #expect(site.hosts.map(\.name) == ["h1"])
  }

  @Test func theSiteWinsKeyByKey() throws {
    let site = try site(
      Self.hosts + "storage: { ceph: { pools: { vms: { share: 20% } } } }\n",
      ["p.yaml": "storage: { ceph: { pools: { vms: { share: 60%, replicas: 2 }, images: { share: 30% } } } }\n"])
    let pools = Dictionary(uniqueKeysWithValues: try #require(site.storage.ceph).pools.map { ($0.name, $0) })
    #expect(pools["vms"]?.share == 20 && pools["vms"]?.replicas == 2)
    #expect(pools["images"]?.share == 30)
  }

  @Test func aListIsTakenWhole() throws {
    let site = try site(
      "hosts: { h1: { roles: [storage] } }\n",
      ["p.yaml": "hosts: { h1: { address: 198.18.0.11, roles: [control, compute] }, h2: { address: 198.18.0.12 } }\n"])
    #expect(site.hosts.map(\.name) == ["h1", "h2"])
    #expect(site.hosts[0].roles == [.storage])
  }

  @Test func nullTakesAway() throws {
    let site = try site(
      Self.hosts + "storage: { ceph: { pools: { images: null } } }\nsurvive: ~\n",
      ["p.yaml": "storage: { ceph: { pools: { vms: {}, images: {} } } }\nsurvive: { storage: rack }\n"])
    #expect(site.storage.ceph?.pools.map(\.name) == ["vms"])
    #expect(site.survive.storage == nil)
  }

  @Test func aProfileMayExtendAnother() throws {
    let site = try SiteFile.decode(
      "site: s\nextends: ../profiles/racks.yaml\n\(Self.hosts)", path: "fleet/sites/s.yaml"
    ) { path in
      try #require(
        [
          "fleet/profiles/racks.yaml": "extends: base/all.yaml\nnetwork: { mtu: 1500 }\n",
          "fleet/profiles/base/all.yaml": "network: { mtu: 9000, asns: 64512-65534 }\n",
        ][path])
    }.get()
    #expect(site.network.mtu == 1500)
    #expect(site.network.asns == 64512...65534)
  }

  @Test(
    arguments: [
      ("p.yaml", "s.yaml", "p.yaml"), ("../p.yaml", "s.yaml", "../p.yaml"), ("../p.yaml", "../s.yaml", "../../p.yaml"),
      ("../profiles/p.yaml", "fleet/sites/s.yaml", "fleet/profiles/p.yaml"), ("./p.yaml", "./a/s.yaml", "./a/p.yaml"),
      ("/etc/p.yaml", "a/s.yaml", "/etc/p.yaml"), ("../p.yaml", "/a/b/s.yaml", "/a/p.yaml"),
    ])
  func aPathIsSeenFromItsFile(path: String, file: String, expected: String) {
    #expect(Profiles.resolve(path, from: file) == expected)
  }

  /// Whatever a site says, joining it with an empty profile, or with itself, changes nothing.
  @Test(arguments: ["one-vm", "three-hosts", "one-rack", "three-racks"])
  func joiningWithItselfChangesNothing(name: String) throws {
    let yaml = try String(
      contentsOf: Repository.root.appending(path: "Examples/\(name)/site.yaml"), encoding: .utf8)
    let alone = try SiteFile.decode(yaml, path: "s.yaml").get()
    let profile = yaml.split(separator: "\n").filter { !$0.hasPrefix("site:") }.joined(separator: "\n")
    #expect(try site(yaml.replacing("site: \(name)\n", with: ""), ["p.yaml": profile]).hosts == alone.hosts)
    let joined = try SiteFile.decode(yaml + "\nextends: p.yaml\n", path: "s.yaml") { _ in "{}" }.get()
    #expect(joined == alone)
  }
}

@Suite struct FleetTests {
  private func fleet(_ files: [String: String]) -> Fleet {
    Fleet(files: files) { _ in throw CocoaError(.fileReadNoSuchFile) }
  }

  private static let one = "site: one\nextends: ../p.yaml\nhosts: { h: { address: 198.18.0.11 } }\n"

  @Test func aFileThatNamesASiteIsOne() throws {
    let fleet = fleet([
      "f/sites/one.yaml": Self.one, "f/p.yaml": "network: { mtu: 1500 }\n",
      "f/sites/two.yaml": "site: two\nhosts: { h: { address: 198.18.0.11 } }\n",
    ])
    #expect(fleet.members.map(\.file) == ["f/sites/one.yaml", "f/sites/two.yaml"])
    #expect(try fleet.members.map { try $0.site.get().network.mtu } == [1500, 9000])
    #expect(fleet.unused == [])
  }

  @Test func whatNobodyExtendsIsNamed() {
    #expect(fleet(["f/sites/one.yaml": Self.one, "f/p.yaml": "{}", "f/q.yaml": "{}"]).unused == ["f/q.yaml"])
  }

  @Test func oneBrokenSiteKeepsNoOtherFromBeingRead() throws {
    let fleet = fleet(["f/a.yaml": "site: [", "f/b.yaml": "site: b\nhosts: { h: { address: 198.18.0.11 } }\n"])
    #expect(fleet.members.count == 2)
    #expect(throws: SiteProblems.self) { try fleet.members[0].site.get() }
    #expect(try fleet.members[1].site.get().name == "b")
  }

  @Test func twoSitesOfOneNameAreRefused() throws {
    let text = "site: b\nhosts: { h: { address: 198.18.0.11 } }\n"
    let fleet = fleet(["f/a.yaml": text, "f/b.yaml": text])
    guard case .failure(let problems) = fleet.members[1].site else {
      Issue.record("two sites are called b")
      return
    }
    #expect(
      problems.description == "f/b.yaml:1:7: 'b' is the site of f/a.yaml already; give each site a name of its own")
  }
}
