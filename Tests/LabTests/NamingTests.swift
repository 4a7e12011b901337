import Design
import Testing

@testable import Lab

@Suite struct NamingTests {
  private let paths = LabPaths(site: "osl2", base: "/var/lib/varde")

  @Test func everythingIsNamedAfterTheSite() {
    #expect(paths.lab == "/var/lib/varde/lab/osl2")
    #expect(paths.namespaceFile == "/run/netns/varde-osl2")
    #expect(paths.machine("a1") == "varde-osl2-a1")
    #expect(paths.cgroup("a1").path == "varde/osl2/a1")
  }

  @Test func theGatewayIsAnAddressThatNoNodeHas() {
    var design = TestDesigns.flat("osl2", hosts: 1, network: 96)
    #expect("\(LabNetwork(paths: paths, design: design).gateway)" == "198.18.96.1")
    design.nodes[0].management.bits = 198 << 24 | 18 << 16 | 96 << 8 | 1
    #expect("\(LabNetwork(paths: paths, design: design).gateway)" == "198.18.96.254")
  }

  @Test func sshFindsHostsByNameAndAddressAndTrustsOnlyKnownKeys() {
    let keys = LabKeys(paths: paths, nodes: TestDesigns.flat("osl2", hosts: 1, network: 96).nodes)
    #expect(
      keys.configuration == """
        Host h1 198.18.96.11
          HostName 198.18.96.11
        Host *
          User root
          IdentityFile /var/lib/varde/lab/osl2/ssh/id_ed25519
          IdentitiesOnly yes
          UserKnownHostsFile /var/lib/varde/lab/osl2/ssh/known_hosts
          GlobalKnownHostsFile none
          StrictHostKeyChecking yes
          HostKeyAlgorithms ssh-ed25519
          KexAlgorithms curve25519-sha256
          ProxyCommand nsenter --net=/run/netns/varde-osl2 nc -F -w 10 %h %p
          ProxyUseFdpass yes

        """)
  }

  @Test func labsOfDifferentSitesDoNotMeetOnAPort() {
    let addresses = (1...200).map { site in
      AptProxy(paths: LabPaths(site: "site\(site)", base: "/"), gateway: "198.18.0.1", upstreamProxy: nil).localAddress
    }
    #expect(Set(addresses).count == 200)
    #expect(addresses.allSatisfy { $0.hasPrefix("127.") })
  }
}
