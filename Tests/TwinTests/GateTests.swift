import Foundation
import Plan
import Testing

extension TwinTests {
  /// What a step waits for, on a running cluster: the budget before it, its gate after it.
  @Suite(.serialized, .timeLimit(.minutes(10)), .onTwin(.restored, of: TestSite.slim)) struct GateTests {
    /// OSDs of one rack restart together, and those of the next rack when their copies are whole again.
    @Test func racksAreChangedOneAfterTheOtherUnderAWriter() async throws {
      let site = try TestSite.slim()
      for host in ["a1", "a2", "a3", "b1"] { try await changeOSDByHand(of: host, site) }
      try await site.isWell()
      let plan = try await site.twin("plan", "--brief")
      #expect(plan.status == 3 && plan.output.contains("4 steps take something down in 2 waves"), "\(plan)")
      #expect(plan.output.contains(": osd a1:/dev/vdb, osd a2:/dev/vdb, osd a3:/dev/vdb\n"), "\(plan)")
      let writer = try await Writer.start(site, host: "c1", seconds: 300)
      let apply = try await site.twin("apply")
      #expect(apply.status == 0, "\(apply)")
      let report = try await writer.stop()
      print("OSDs restart in waves: longest stall \(report.longestStall) s")
      #expect(report.wrongBlocks == 0 && report.longestStall < 10)
      let steps = try await site.steps(of: "osd.")
      #expect(
        steps.prefix(3).allSatisfy { $0.id.hasPrefix("a") } && steps.last?.id.hasPrefix("b1/") == true, "\(steps)")
      #expect(
        (steps.prefix(3).map(\.startedAt).max() ?? "") < (steps.prefix(3).map(\.finishedAt).min() ?? ""), "\(steps)")
      #expect((steps.prefix(3).map(\.finishedAt).max() ?? "") <= (steps.last?.startedAt ?? ""), "\(steps)")
    }

    /// With a copy away, nothing that holds another one is taken down; when it is back, the rollout goes on.
    @Test func aStepWaitsForWhatIsDown() async throws {
      let site = try TestSite.slim()
      try await site.sh("b1", "systemctl stop 'ceph-osd@*'")
      try await changeOSDByHand(of: "a1", site)
      let apply = try await site.twin("apply")
      #expect(apply.status == 0, "\(apply)")
      #expect(apply.error.contains("held  a1/osd.") && apply.error.contains("down now: osd b1:/dev/vdb"), "\(apply)")
      let steps = try await site.steps(of: "osd.")
      #expect(steps.map { String($0.id.prefix(2)) } == ["b1", "a1"], "\(steps)")
      #expect(try await site.twin("plan").status == 0)
    }

    /// What makes its unit restart.
    private func changeOSDByHand(of host: String, _ site: TestSite) async throws {
      try await site.sh(host, "for f in /etc/systemd/system/ceph-osd@*.d/varde.conf; do echo '# by hand' >> $f; done")
    }

    /// The map calls an OSD up that hangs, until its neighbours miss it.
    @Test func aGateDoesNotBelieveAStaleUp() async throws {
      let site = try TestSite.slim()
      let probe = try await GateProbe(site)
      let osd = try await probe.osd(of: "a2")
      let restarted = Gate.osdRestarted(id: osd.id, after: osd.upFrom)
      try await site.sh("a2", "systemctl kill -s STOP ceph-osd@\(osd.id)")
      #expect(await probe.state(.osdsUp(ids: [osd.id])) == .open, "this is the trap")
      #expect(await probe.state(restarted) == .closed("osd.\(osd.id) has not come up again"))
      try await site.sh("a2", "systemctl kill -s CONT ceph-osd@\(osd.id); systemctl restart ceph-osd@\(osd.id)")
      try await probe.opens(restarted)
      await probe.close()
    }

    /// An OSD is up long before its copies are whole.
    @Test func aGateWaitsUntilCopiesAreWhole() async throws {
      let site = try TestSite.slim()
      let probe = try await GateProbe(site)
      let osd = try await probe.osd(of: "a2")
      try await site.sh("a2", "systemctl stop ceph-osd@\(osd.id)")
      _ = try await Writer.start(site, host: "c1", seconds: 2).report()
      try await site.sh("b1", "ceph osd set norecover")
      try await site.sh("a2", "systemctl start ceph-osd@\(osd.id)")
      try await probe.opens(.osdsUp(ids: [osd.id]))
      let restarted = Gate.osdRestarted(id: osd.id, after: osd.upFrom)
      // Not for want of news: they tell that they are active, and not whole.
      try await probe.isClosed(restarted, saying: " is active")
      try await site.sh("b1", "ceph osd unset norecover")
      try await probe.opens(restarted)
      await probe.close()
    }

    /// The statistics of placement groups are the managers', who may be behind.
    @Test func aGateDoesNotBelieveStaleStatistics() async throws {
      let site = try TestSite.slim()
      let probe = try await GateProbe(site)
      let osd = try await probe.osd(of: "a3")
      try await probe.opens(.clean)
      for host in try await probe.mgrs() { try await site.sh(host, "systemctl kill -s STOP ceph-mgr@\(host)") }
      try await site.sh("a3", "systemctl restart ceph-osd@\(osd.id)")
      try await probe.opens(.osdsUp(ids: [osd.id]))
      #expect(await probe.state(.active) == .open, "this is the trap")
      let restarted = Gate.osdRestarted(id: osd.id, after: osd.upFrom)
      let state = await probe.state(restarted)
      #expect(state != .open, "\(state)")
      for host in try await probe.mgrs() { try await site.sh(host, "systemctl kill -s CONT ceph-mgr@\(host)") }
      try await probe.opens(restarted)
      await probe.close()
    }
  }
}
