import Foundation
import Plan
import Testing

extension TwinTests {
  /// A running cluster becomes another release.
  @Suite(.serialized, .timeLimit(.minutes(20)), .onTwin(.restored, of: TestSite.slim)) struct UpgradeTests {
    /// Killed in every phase, with a host off from the start: it waits for the host, goes on where it was, and leaves no
    /// mark behind. A writer and reader notices nothing.
    @Test(.timeLimit(.minutes(20))) func anUpgradeOutlivesKillsAndAHostThatIsOff() async throws {
      let site = try TestSite.slim()
      let words = ["upgrade", "ceph", site.file, "--to", "18.2", "--twin"]
      #expect(try await site.lab("fail", "host", "a2", "off").status == 0)
      _ = try await wait(for: "a2's OSD is missed", within: .seconds(60)) {
        try await site.sh("b1", "ceph osd tree").contains(" down ") ? true : nil
      }
      let dry = try await Varde.run(words + ["--dry-run"])
      #expect(dry.status == 3 && dry.output.contains("a2/returns: a2 can be reached again"), "\(dry)")
      let far = try await Varde.run(["upgrade", "ceph", site.file, "--to", "20.2", "--twin", "--yes"])
      #expect(far.status == 1 && far.error.contains("upgrade --to 18.2, then 20.2"), "\(far)")

      let writer = try await Writer.start(site, host: "c1", seconds: 1800)
      let begun = ContinuousClock.now
      for phase in ["/ceph", "/mon", "/mgr", "/osd."] {
        let upgrade = try await Varde(words + ["--yes"])
        let run = try await upgrade.cutOff(at: "a step \(phase) runs", within: .seconds(600), every: .milliseconds(100))
        {
          upgrade.error.contains("no way back") && site.state.runningSteps.contains { $0.contains(phase) }
        }
        #expect(run.status == 137, "\(run)")
        print("killed in \(phase) after \((ContinuousClock.now - begun) / .seconds(1)) s")
      }
      let probe = try await GateProbe(site)
      let health = try await site.sh("b1", "ceph health detail")
      print("with new monitors and old OSDs: \(health.split(separator: "\n").filter { $0.contains("running") })")
      #expect(await probe.state(.release(atLeast: "18.2", kinds: ["mon", "mgr"])) == .open)
      #expect(await probe.state(.release(atLeast: "18.2", kinds: ["osd"])) != .open)

      let upgrade = try await Varde(words + ["--yes"])
      _ = try await wait(for: "it waits for a2", within: .seconds(300)) {
        upgrade.error.contains("down now: a2") ? true : nil
      }
      #expect(await probe.state(.release(atLeast: "18.2", kinds: ["osd"])) != .open)
      #expect(try await site.lab("heal", "host", "a2", "off").status == 0)
      let run = try await upgrade.result(within: .seconds(600))
      #expect(run.status == 0, "\(run)")
      let report = try await writer.stop()
      let seconds = (ContinuousClock.now - begun) / .seconds(1)
      print("upgraded in \(seconds) s; longest stall \(report.longestStall) s: \(report.stalls)")
      #expect(report.wrongBlocks == 0)

      #expect(await probe.state(.release(atLeast: "18.2", kinds: ["mon", "mgr", "osd"])) == .open)
      await probe.close()
      #expect(try await site.sh("b1", "ceph osd dump").contains("require_osd_release reef"))
      #expect(try await !site.sh("b1", "ceph osd dump").contains("noout"))
      let again = try await Varde.run(words + ["--yes"])
      #expect(again.status == 0 && again.output.contains("nothing to do"), "\(again)")
      #expect(try await site.twin("plan").status == 0)
      try await site.isWell()
    }
  }
}
