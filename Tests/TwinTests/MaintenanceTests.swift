import Foundation
import Testing

extension TwinTests {
  /// Work on hosts of a rack with a monitor.
  @Suite(.serialized, .timeLimit(.minutes(15)), .onTwin(.restored, of: TestSite.slim)) struct MaintenanceTests {
    /// A rack boots anew and a host is installed anew, the controller killed in the middle of both. A writer notices
    /// nothing, and nothing is done twice.
    @Test(.timeLimit(.minutes(15))) func hostsAreBootedAndInstalledAnewUnderAWriter() async throws {
      let site = try TestSite.slim()
      let writer = try await Writer.start(site, host: "c1", seconds: 900)
      let rack = ["a1", "a2", "a3", "a-l1", "a-l2"]
      var before: [String: String] = [:]
      for node in rack { before[node] = try await bootTime(of: node, site) }

      let booting = ["maintain", "reboot", site.file, "a", "--twin", "--yes"]
      let reboot = try await Varde(booting)
      let cut = try await reboot.cutOff(at: "hosts boot") { site.state.said("systemctl reboot", in: "a2/reboot") }
      #expect(cut.status == 137, "\(cut)")
      let rebooted = try await Varde.run(booting)
      #expect(rebooted.status == 0, "\(rebooted)")
      var after: [String: String] = [:]
      for node in rack { after[node] = try await bootTime(of: node, site) }
      for node in rack { #expect(after[node] != before[node], "\(node) has booted") }

      try await site.sh("a3", "touch /etc/of-the-former-system")
      let installing = ["maintain", "reimage", site.file, "a3", "--twin", "--yes"]
      let reimage = try await Varde(installing)
      _ = try await reimage.cutOff(at: "it gets its resources") { site.state.said("changing file:", in: "a3/reimage") }
      let reimaged = try await Varde.run(installing)
      #expect(reimaged.status == 0, "\(reimaged)")
      try await site.sh("a3", "test ! -e /etc/of-the-former-system")
      #expect(try await bootTime(of: "a3", site) != after["a3"])

      let report = try await writer.stop()
      print("maintenance: \(report.writes) writes, longest stall \(report.longestStall) s: \(report.stalls)")
      #expect(report.wrongBlocks == 0)
      #expect(try await !site.sh("b1", "ceph osd dump").contains("noout"))
      #expect(try await site.twin("plan").status == 0)
      try await site.isWell()
    }

    /// When its first process was started, in the machine's ticks.
    private func bootTime(of node: String, _ site: TestSite) async throws -> String {
      try await site.sh(node, "sed 's/.*) //' /proc/1/stat | cut -d' ' -f20")
    }
  }
}
