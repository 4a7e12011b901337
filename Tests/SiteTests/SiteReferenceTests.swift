import Testing

@testable import Site

@Suite struct SiteReferenceTests {
  @Test func everyKeyIsThere() {
    let page = SiteReference.markdown
    let keys =
      SiteKeys.site.keys.map(\.name) + SiteKeys.network.keys.map(\.name) + SiteKeys.loopbacks.keys.map(\.name)
      + SiteKeys.switchKeys.keys.map(\.name) + SiteKeys.rack.keys.map(\.name) + SiteKeys.host.keys.map(\.name)
      + SiteKeys.disk.keys.map(\.name) + SiteKeys.pool.keys.map(\.name) + SiteKeys.survive.keys.map(\.name)
    for key in keys { #expect(page.contains("| `\(key)` |"), "\(key)") }
  }

  /// What the page gives as an example is itself valid.
  @Test func examplesDecode() throws {
    let host = SiteKeys.host.keys.filter { !["rack", "ports"].contains($0.name) }
    let yaml = """
      site: demo
      hosts:
        h1:
      \(host.map { "    \($0.name): \($0.example)\n" }.joined())
          rack: a
          ports: { a-l1: enp1s0f0 }
      racks: { a: { leaves: { a-l1: { address: 198.18.0.111 } } } }
      network:
        loopbacks: { ipv4: 198.18.64.0/18, ipv6: "fd00:6f73:6c32::/48" }
        mtu: 9000
      """
    let site = try SiteFile.decode(
      yaml.replacing("roles: [storage, compute]", with: "roles: [control, storage]"), path: "s"
    )
    .get()
    #expect(site.hosts[0].disks.count == 2)
  }
}
