import Design
import Foundation
import Processes
import Testing

@testable import Lab

/// Real hosts: these tests need root, Debian and the packages that a lab uses.
@Suite(.serialized, .timeLimit(.minutes(10))) struct UpDownTests {
  @Test func makesHostsAndCablesAndLeavesNothing() async throws {
    let design = TestDesigns.racked("vardetest1", racks: 1, hosts: 1, spines: 0, network: 91)
    try await Twin.with(design) { twin in
      let status = try await twin.lab.status()
      #expect(status.hosts.map(\.name) == ["a-l1", "a-l2", "a1"])
      #expect(status.hosts.allSatisfy { $0.state == .running && $0.memory > 1 << 20 && $0.cpuSeconds > 0 })
      #expect(status.faults == [])

      // As the controller reaches it: by ssh, with a host key that is known beforehand.
      for name in ["a1", "198.18.91.13"] {
        let login = try await Command(["ssh", "-F", twin.lab.sshConfig, "root@\(name)", "hostname; id -un"]).run()
        #expect(login.output == "a1\nroot\n", "\(login.error)")
      }
      let links = try await twin.sh("a1", "ls /sys/class/net; test -f /dev/vdb && stat -Lc '%U %s' /dev/vdb")
      #expect(links.output.split(separator: "\n") == ["a-l1", "a-l2", "lo", "mgmt0", "ceph 1073741824"])
      #expect(try await twin.sh("a1", "ip -4 route show default").output == "")
      #expect(try await twin.lab.exec(host: "a1", ["sh", "-c", "exit 7"]) == 7)
      #expect(try await twin.sh("a1", "systemctl is-system-running").output == "running\n")
      #expect(try await twin.sh("a1", "systemctl is-active frr ceph-crash").output == "inactive\ninactive\n")

      // On a whole lab, `up` changes nothing.
      let leaders = try await twin.lab.status().hosts.map(\.leader)
      try await twin.lab.up { _ in }
      #expect(try await twin.lab.status().hosts.map(\.leader) == leaders)
    }
    #expect(try Twin.remains(of: "vardetest1") == [])
  }

  @Test func bareHostsInstallPackagesThroughTheCache() async throws {
    let design = TestDesigns.flat("vardetest2", hosts: 2, network: 92)
    try await Twin.with(design, image: .bare) { twin in
      for host in ["h1", "h2"] {
        let install = try await twin.sh(host, "apt-get update && apt-get install -y tree && tree --version")
        #expect(install.status == 0, "\(install.error)")
      }
      let log = try #require(Files.read("\(twin.lab.paths.proxy)/log/apt-cacher.log"))
      let transfers = log.split(separator: "\n").filter { $0.contains("/tree_") }
      #expect(transfers.filter { $0.contains("|O|") }.count == 2, "\(log)")
      #expect(transfers.filter { $0.contains("|I|") }.count <= 1)
    }
    #expect(try Twin.remains(of: "vardetest2") == [])
  }

  @Test func aLabGrowsAndShrinksWithItsSite() async throws {
    let design = TestDesigns.flat("vardetest5", hosts: 1, network: 97)
    try await Twin.with(design, image: .bare) { twin in
      let leader = try await twin.lab.status().hosts.first?.leader
      let grown = Lab(TestDesigns.flat("vardetest5", hosts: 2, network: 97), image: .bare)
      try await grown.up { _ in }
      #expect(try await grown.status().hosts.map(\.state) == [.running, .running])
      try await twin.lab.up { _ in }
      #expect(try await grown.status().hosts.map(\.state) == [.running, .off])
      #expect(try await twin.lab.status().hosts.first?.leader == leader, "the host that stays is left alone")
      #expect(Files.list("\(twin.lab.paths.lab)/hosts") == ["h1"])
    }
    #expect(try Twin.remains(of: "vardetest5") == [])
  }

  @Test func whatIsHalfMadeIsFinishedOrRemoved() async throws {
    let design = TestDesigns.racked("vardetest3", racks: 1, hosts: 1, spines: 0, network: 93)
    let lab = Lab(design)
    try await lab.down { _ in }

    // What a killed `ip netns add`, `ssh-keygen` and boot leave: a name, half a key, a host without cables.
    try Files.write("", to: lab.paths.namespaceFile)
    try Files.write("half", to: "\(lab.paths.sshKey).new", mode: 0o600)
    try await interrupt(lab, after: "a-l2 boots")
    try Files.remove(lab.paths.sshConfig)
    try await lab.up { _ in }
    let twin = Twin(lab: lab)
    #expect(try await lab.status().hosts.allSatisfy { $0.state == .running })
    #expect(try await twin.sh("a1", "ls /sys/class/net").output == "a-l1\na-l2\nlo\nmgmt0\n")
    try await lab.down { _ in }
    #expect(try Twin.remains(of: "vardetest3") == [])

    try await interrupt(lab, after: "a-l1 boots")
    try await lab.down { _ in }
    #expect(try Twin.remains(of: "vardetest3") == [])
    try await lab.down { _ in }
    #expect(try Twin.remains(of: "vardetest3") == [])
  }

  /// Ends `up` when it says something: its children die with it, as they do with a killed process.
  private func interrupt(_ lab: Lab, after words: String) async throws {
    let (stream, continuation) = AsyncStream<String>.makeStream()
    let up = Task { try await lab.up { continuation.yield($0) } }
    for await line in stream where line == words { break }
    up.cancel()
    await #expect(throws: (any Error).self) { try await up.value }
  }
}
