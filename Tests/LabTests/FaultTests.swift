import Design
import Foundation
import Processes
import Testing

@testable import Lab

/// Every fault on real hosts: what it breaks, and that it heals.
@Suite(.serialized, .timeLimit(.minutes(10))) struct FaultTests {
  private let design = TestDesigns.racked("vardetest4", racks: 1, hosts: 1, spines: 0, network: 94)

  @Test func linksBreakAndHeal() async throws {
    try await Twin.with(design) { twin in
      try await connect(twin)

      try await twin.lab.fail(.linkDown("a1", "a-l1"))
      #expect(try await !twin.pings("a1", "198.18.200.0"))
      #expect(try await twin.faults() == ["link a-l1 a1 down"])
      try await twin.lab.heal(.linkDown("a-l1", "a1"))
      try await twin.awaitPing("a1", "198.18.200.0")

      try await twin.lab.fail(.linkSilent("a-l1", "a1"))
      #expect(try await !twin.pings("a1", "198.18.200.0"))
      #expect(try await twin.pings("a1", "198.18.200.2"))
      #expect(try await twin.sh("a1", "cat /sys/class/net/a-l1/operstate").output == "up\n")
      #expect(try await twin.faults() == ["link a-l1 a1 silent"])
      try await twin.lab.heal(.linkSilent("a-l1", "a1"))
      #expect(try await twin.pings("a1", "198.18.200.0"))

      try await twin.lab.fail(.silent("a1"))
      #expect(try await !twin.pings("a1", "198.18.200.0"))
      #expect(try await !twin.pings("a1", "198.18.200.2"))
      #expect(try await twin.faults() == ["host a1 silent"])
      #expect(try await twin.lab.host("a1").answersSSH(), "the management network is not the fabric")
      try await twin.lab.heal(.silent("a1"))
      #expect(try await twin.pings("a1", "198.18.200.2"))
      #expect(try await twin.faults() == [])
    }
  }

  @Test func aHostThatWasOffComesBackWithItsCables() async throws {
    try await Twin.with(design) { twin in
      try await connect(twin)
      try await twin.lab.fail(.off("a1"))
      #expect(try await !twin.pings("a-l1", "198.18.94.13"))
      #expect(try await twin.faults() == ["host a1 off"])
      await #expect(throws: LabError.self) { try await twin.lab.exec(host: "a1", ["true"]) }

      try await twin.lab.heal(.off("a1"))
      // Both ends are new: the networkd of both hosts has to configure them again.
      try await twin.awaitPing("a1", "198.18.200.0")
      try await twin.awaitPing("a-l2", "198.18.200.3")
      #expect(try await twin.sh("a-l2", "cat /sys/class/net/a1/mtu").output == "9000\n")
      #expect(try await twin.faults() == [])

      try await twin.lab.fail(.off("a-l1"))
      try await twin.lab.up { _ in }
      try await twin.awaitPing("a1", "198.18.200.0")
    }
  }

  @Test func hostsFreezeAndDisksSlowDownAndDaemonsDie() async throws {
    try await Twin.with(design) { twin in
      let host = try twin.lab.host("a1")
      try await twin.lab.fail(.frozen("a1"))
      #expect(try await !host.answersSSH())
      #expect(try await twin.lab.status().hosts.map(\.state) == [.running, .running, .frozen])
      #expect(try await twin.faults() == ["host a1 frozen"])
      try await twin.lab.heal(.frozen("a1"))
      _ = try await wait("a1", for: "sshd answers again", within: .seconds(30)) {
        try await host.answersSSH() ? true : nil
      }

      try await becomesFast(twin)
      try await twin.lab.fail(.diskSlow("a1", rate: .init(1 << 20)))
      #expect(try await twin.faults() == ["disk a1 slow 1MiB"])
      #expect(try await writing(twin) > .seconds(2))
      try await twin.lab.heal(.diskSlow("a1", rate: .init(1 << 20)))
      try await becomesFast(twin)

      let before = host.cgroup.processes(ofUnit: "ssh.service")
      #expect(!before.isEmpty)
      try await twin.lab.fail(.daemonKilled("a1", unit: "ssh.service"))
      _ = try await wait("a1", for: "sshd is dead", within: .seconds(20)) {
        host.cgroup.processes(ofUnit: "ssh.service").isDisjoint(with: before) ? true : nil
      }
      try await twin.lab.heal(.daemonKilled("a1", unit: "ssh.service"))
      #expect(try await twin.sh("a1", "systemctl is-active ssh").output == "active\n")
      await #expect(throws: LabError("a1", "frr.service does not run")) {
        try await twin.lab.fail(.daemonKilled("a1", unit: "frr.service"))
      }

      try await twin.lab.fail(.frozen("a1"))
    }
    #expect(try Twin.remains(of: "vardetest4") == [], "frozen hosts go, too")
  }

  private func connect(_ twin: Twin) async throws {
    try await twin.configure("a-l1", "a1", address: "198.18.200.0/31")
    try await twin.configure("a-l2", "a1", address: "198.18.200.2/31")
    try await twin.configure("a1", "a-l1", address: "198.18.200.1/31")
    try await twin.configure("a1", "a-l2", address: "198.18.200.3/31")
    try await twin.awaitPing("a1", "198.18.200.0")
    try await twin.awaitPing("a1", "198.18.200.2")
  }

  /// Throttled to 1 MiB/s, no write of 3 MiB is that fast; on a busy machine one without a throttle may need a few tries.
  private func becomesFast(_ twin: Twin) async throws {
    _ = try await wait("a1", for: "a fast write", within: .seconds(60)) {
      try await writing(twin) < .seconds(1.5) ? true : nil
    }
  }

  private func writing(_ twin: Twin) async throws -> Duration {
    let clock = ContinuousClock()
    let start = clock.now
    // A process of the host, so that it lies in the host's cgroup; nsenter's own would not.
    let run = try await twin.sh(
      "a1", "systemd-run -q --wait dd if=/dev/zero of=/disks/vdb.img bs=1M count=3 oflag=direct conv=notrunc")
    #expect(run.status == 0, "\(run.error)")
    return clock.now - start
  }
}
