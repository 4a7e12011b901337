import Foundation
import Plan
import Testing

extension TwinTests {
  /// From a site file to a running site of three racks, and what an operator may do to it. The tests share one twin and
  /// run in this order; each leaves it whole.
  @Suite(.serialized, .timeLimit(.minutes(10))) struct ThreeRacksTests {
    @Test func aRolloutEndsWithAWholeSite() async throws {
      let racks = try await ThreeRacks.shared.value
      #expect(racks.firstPlan.status == 3)
      #expect(racks.apply.status == 0, "\(racks.apply)")

      let plan = try await racks.site.twin("plan")
      #expect(plan.status == 0 && plan.output.contains("nothing to do"), "\(plan)")
      let drift = try await racks.site.twin("drift")
      #expect(drift.status == 0 && drift.output.contains("no drift"), "\(drift)")

      let run = try await racks.site.twin("status", "--format", "json")
      #expect(run.status == 0, "\(run)")
      let status = try run.json(SiteStatus.self)
      #expect(status.hosts.reachable == 17 && status.hosts.total == 17)
      #expect(status.fabric?.established == 30 && status.fabric?.sessions == 30)
      #expect(status.fabric?.fewestNextHops ?? 0 >= 2)
      let ceph = try #require(status.ceph)
      #expect(ceph.health == "HEALTH_OK")
      #expect(ceph.quorum.count == 3 && Set(ceph.quorum.map(\.first)) == ["a", "b", "c"], "\(ceph.quorum)")
      #expect(ceph.osds == 9 && ceph.osdsUp == 9 && ceph.osdsIn == 9)
      #expect(status.problems == [])
    }

    @Test func everyLoopbackIsReachedOverTwoNextHopsInTheKernel() async throws {
      let racks = try await ThreeRacks.shared.value
      var kernels: [String: KernelRoutes] = [:]
      for node in racks.nodes { kernels[node.name] = try await .observe(node.name, of: racks.site) }
      for (name, kernel) in kernels {
        #expect(kernel.loopbacks.count == 2, "\(name) has an IPv4 and an IPv6 loopback: \(kernel.loopbacks)")
      }
      for host in racks.nodes where host.kind == "host" {
        let own = try #require(kernels[host.name])
        for (name, kernel) in kernels where name != host.name && !own.interfaces.contains(name) {
          for loopback in kernel.loopbacks {
            let ways = own.ways[loopback] ?? []
            #expect(ways.count >= 2, "\(host.name) reaches \(name) at \(loopback) over \(ways.sorted())")
          }
        }
      }
    }

    @Test func anImageIsWrittenAndReadBack() async throws {
      let site = try await ThreeRacks.shared.value.site
      let report = try await Writer.start(site, host: "b1", seconds: 3).report()
      #expect(report.writes > 0 && report.wrongBlocks == 0)
    }

    @Test func theSecondControllerIsToldWhoHasTheLock() async throws {
      let site = try await ThreeRacks.shared.value.site
      let first = try await site.start("apply")
      _ = try await wait(for: "the first controller has the lock", within: .seconds(20), every: .milliseconds(2)) {
        let holder = try? String(contentsOfFile: "\(site.folder)/state/lock", encoding: .utf8)
        return holder?.contains("process \(first.pid)") == true ? true : nil
      }
      let second = try await site.twin("apply")
      #expect(second.status == 1 && second.error.contains("process \(first.pid)"), "\(second)")
      let drift = try await site.twin("drift")
      #expect(drift.status == 1 && drift.error.contains("process \(first.pid)"), "\(drift)")
      let run = try await first.result(within: .seconds(120))
      #expect(run.status == 0, "\(run)")
    }

    @Test func driftIsNamedShownAndMended() async throws {
      let racks = try await ThreeRacks.shared.value
      let site = racks.site
      try await site.sh("a2", "echo '# by hand' >> /etc/ceph/ceph.conf")
      try await site.sh("b1", "systemctl stop 'ceph-mgr@*'")
      try await site.sh("c3", "rm /etc/sysctl.d/60-varde-kernel.conf")

      let drift = try await site.twin("drift")
      #expect(drift.status == 3, "\(drift)")
      for words in ["a2: file:/etc/ceph/ceph.conf: content", "b1: unit:ceph-mgr@b1", "c3: sysctls:kernel"] {
        #expect(drift.output.contains(words), "\(drift)")
      }
      let plan = try await site.twin("plan")
      #expect(plan.status == 3 && plan.output.contains("-# by hand"), "\(plan)")
      try await racks.mend()
      #expect(try await !site.sh("a2", "cat /etc/ceph/ceph.conf").contains("by hand"))
      #expect(try await site.twin("drift").status == 0)
    }

    @Test func aChangedRouterIsReloadedWithoutResettingASession() async throws {
      let racks = try await ThreeRacks.shared.value
      let site = racks.site
      let before = try await BGPSession.all(of: "a-l1", site)
      #expect(before.count == 5, "two spines, three hosts")
      let line = "ip prefix-list BY-HAND seq 5 permit 198.18.255.0/24"
      try await site.sh("a-l1", "echo '\(line)' >> /etc/frr/frr.conf; vtysh -c 'configure terminal' -c '\(line)'")
      let plan = try await site.twin("plan")
      #expect(plan.status == 3 && plan.output.contains("-\(line)"), "\(plan)")
      try await racks.mend()
      #expect(try await !site.sh("a-l1", "vtysh -c 'show running-config'").contains("BY-HAND"))
      let after = try await BGPSession.all(of: "a-l1", site)
      #expect(after == before)
    }

    @Test func aSavedPlanIsCarriedOutOrRefused() async throws {
      let racks = try await ThreeRacks.shared.value
      let site = racks.site
      let saved = "\(site.file).plan.json"
      let sysctls = "/etc/sysctl.d/60-varde-kernel.conf"
      try await site.sh("a1", "rm \(sysctls)")
      let plan = try await site.twin("plan", "--out", saved)
      #expect(plan.status == 3, "\(plan)")
      let apply = try await Varde.run(["apply", saved, "--twin", "--site", site.file])
      #expect(apply.status == 0, "\(apply)")
      #expect(try await site.twin("plan").status == 0)

      try await site.sh("a1", "rm \(sysctls)")
      #expect(try await site.twin("plan", "--out", saved).status == 3)
      try await site.sh("b1", "rm \(sysctls)")
      let refused = try await Varde.run(["apply", saved, "--twin", "--site", site.file])
      #expect(refused.status == 1 && refused.error.contains("b1/base"), "\(refused)")
      try await site.sh("a1", "test ! -e \(sysctls)")

      let text = try String(contentsOfFile: saved, encoding: .utf8)
      let otherFormat = text.replacing(/"format" : \d+/, with: "\"format\" : 99")
      try otherFormat.write(toFile: saved, atomically: true, encoding: .utf8)
      let tooNew = try await Varde.run(["apply", saved, "--twin", "--site", site.file])
      #expect(tooNew.status == 2 && tooNew.error.contains("format 99"), "\(tooNew)")
      try text.replacing("\"\(site.name)\"", with: "\"elsewhere\"")
        .write(toFile: saved, atomically: true, encoding: .utf8)
      let foreign = try await Varde.run(["apply", saved, "--twin", "--site", site.file])
      #expect(foreign.status == 2 && foreign.error.contains("elsewhere"), "\(foreign)")
      try await racks.mend()
    }

    @Test func aHostThatIsOffStopsAPlanAndIsNamed() async throws {
      let racks = try await ThreeRacks.shared.value
      let site = racks.site
      #expect(try await site.lab("fail", "host", "c3", "off").status == 0)
      try await site.sh("a3", "rm /etc/sysctl.d/60-varde-kernel.conf")
      let plan = try await site.twin("plan")
      #expect(plan.status == 1 && plan.all.contains("c3"), "\(plan)")
      let apply = try await site.twin("apply")
      #expect(apply.status == 1 && apply.all.contains("c3") && apply.all.contains("nothing was changed"), "\(apply)")
      try await site.sh("a3", "test ! -e /etc/sysctl.d/60-varde-kernel.conf")
      #expect(try await site.lab("heal", "host", "c3", "off").status == 0)
      let status = try await site.twin("status", "--wait", "240")
      #expect(status.status == 0, "\(status)")
      try await racks.mend()
    }

    @Test func aRunningClusterIsProvedFromItsOwnJSON() async throws {
      let site = try await ThreeRacks.shared.value.site
      var files: [String] = []
      for command in ["osd dump", "osd tree", "pg dump", "osd crush dump", "mon dump"] {
        let file = "\(site.file).\(command.replacing(" ", with: "-")).json"
        try await site.sh("a1", "ceph \(command) -f json 2>/dev/null").write(
          toFile: file, atomically: true, encoding: .utf8)
        let option = command == "osd crush dump" ? "crush-dump" : command.replacing(" ", with: "-")
        files += ["--\(option)", file]
      }
      let single = try await Varde.run(["prove", "--ceph"] + files)
      #expect(single.status == 0 && single.output.contains("0 break something."), "\(single)")
      for kind in ["disk (9)", "host (9)", "rack (3)", "mon (3)"] { #expect(single.output.contains(kind), "\(single)") }
      let pairs = try await Varde.run(["prove", "--ceph", "--depth", "2", "--kinds", "rack"] + files)
      #expect(pairs.output.contains("rack + rack (3)  BREAKS"), "\(pairs)")
      #expect(
        pairs.output.contains("rack a and rack b (and 2 more like it): storage: placement groups stop: "), "\(pairs)")
      files.swapAt(1, 3)
      let wrong = try await Varde.run(["prove", "--ceph"] + files)
      #expect(wrong.status == 2 && wrong.error.contains("no output of 'ceph osd dump -f json'"), "\(wrong)")
    }

    /// OSDs of one rack restart together, and those of the next rack when their copies are whole again.
    @Test func racksAreChangedOneAfterTheOtherUnderAWriter() async throws {
      let site = try await ThreeRacks.shared.value.site
      for host in ["a1", "a2", "a3", "b1"] { try await changeOSDByHand(of: host, site) }
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
      let site = try await ThreeRacks.shared.value.site
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

    @Test func aWriterOutlivesALeafAndAHost() async throws {
      let site = try await ThreeRacks.shared.value.site
      let writer = try await Writer.start(site, host: "b1", seconds: 60)
      #expect(try await site.lab("fail", "host", "a-l1", "silent").status == 0)
      #expect(try await site.lab("fail", "host", "c2", "off").status == 0)
      let broken = ContinuousClock.now
      let report = try await writer.report()
      // A writer that had stopped at the faults would have stalled from then to its end.
      let rest = (ContinuousClock.now - broken) / .seconds(1)
      print("the writer's longest stall: \(report.longestStall) s, of \(rest) s after the faults")
      #expect(report.wrongBlocks == 0)
      #expect(report.longestStall < rest - 5, "writes went on after the faults")

      let status = try await site.twin("status")
      #expect(status.status == 1 && status.output.contains("a-l1") && status.output.contains("c2"), "\(status)")
      #expect(try await site.lab("heal", "host", "a-l1", "silent").status == 0)
      #expect(try await site.lab("heal", "host", "c2", "off").status == 0)
      let healed = try await site.twin("status", "--wait", "240")
      #expect(healed.status == 0, "\(healed)")
      let plan = try await site.twin("plan")
      #expect(plan.status == 0, "\(plan)")
    }

    /// The map calls an OSD up that hangs, until its neighbours miss it.
    @Test func aGateDoesNotBelieveAStaleUp() async throws {
      let site = try await ThreeRacks.shared.value.site
      let probe = try await GateProbe(site)
      let osd = try await probe.osd(of: "b2")
      let restarted = Gate.osdRestarted(id: osd.id, after: osd.upFrom)
      try await site.sh("b2", "systemctl kill -s STOP ceph-osd@\(osd.id)")
      #expect(await probe.state(.osdsUp(ids: [osd.id])) == .open, "this is the trap")
      #expect(await probe.state(restarted) == .closed("osd.\(osd.id) has not come up again"))
      try await site.sh("b2", "systemctl kill -s CONT ceph-osd@\(osd.id); systemctl restart ceph-osd@\(osd.id)")
      try await probe.opens(restarted)
      await probe.close()
    }

    /// An OSD is up long before its copies are whole.
    @Test func aGateWaitsUntilCopiesAreWhole() async throws {
      let site = try await ThreeRacks.shared.value.site
      let probe = try await GateProbe(site)
      let osd = try await probe.osd(of: "b2")
      try await site.sh("b2", "systemctl stop ceph-osd@\(osd.id)")
      _ = try await Writer.start(site, host: "c1", seconds: 2).report()
      try await site.sh("b1", "ceph osd set norecover")
      try await site.sh("b2", "systemctl start ceph-osd@\(osd.id)")
      try await probe.opens(.osdsUp(ids: [osd.id]))
      let restarted = Gate.osdRestarted(id: osd.id, after: osd.upFrom)
      let state = await probe.state(restarted)
      #expect(state != .open, "\(state)")
      try await site.sh("b1", "ceph osd unset norecover")
      try await probe.opens(restarted)
      await probe.close()
    }

    /// The statistics of placement groups are the managers', who may be behind.
    @Test func aGateDoesNotBelieveStaleStatistics() async throws {
      let site = try await ThreeRacks.shared.value.site
      let probe = try await GateProbe(site)
      let osd = try await probe.osd(of: "c2")
      try await probe.opens(.clean)
      for host in try await probe.mgrs() { try await site.sh(host, "systemctl kill -s STOP ceph-mgr@\(host)") }
      try await site.sh("c2", "systemctl restart ceph-osd@\(osd.id)")
      try await probe.opens(.osdsUp(ids: [osd.id]))
      #expect(await probe.state(.active) == .open, "this is the trap")
      let restarted = Gate.osdRestarted(id: osd.id, after: osd.upFrom)
      let state = await probe.state(restarted)
      #expect(state != .open, "\(state)")
      for host in try await probe.mgrs() { try await site.sh(host, "systemctl kill -s CONT ceph-mgr@\(host)") }
      try await probe.opens(restarted)
      await probe.close()
    }

    /// A rack boots anew and a host is installed anew, the controller killed in the middle of both. A writer notices
    /// nothing, and nothing is done twice.
    @Test(.timeLimit(.minutes(15))) func hostsAreBootedAndInstalledAnewUnderAWriter() async throws {
      let site = try await ThreeRacks.shared.value.site
      let writer = try await Writer.start(site, host: "a1", seconds: 900)
      let rack = ["b1", "b2", "b3", "b-l1", "b-l2"]
      var before: [String: String] = [:]
      for node in rack + ["c2"] { before[node] = try await bootTime(of: node, site) }

      let booting = ["maintain", "reboot", site.file, "b", "--twin", "--yes"]
      let reboot = try await Varde(booting)
      let cut = try await reboot.cutOff(at: "hosts boot") { site.state.said("systemctl reboot", in: "b2/reboot") }
      #expect(cut.status == 137, "\(cut)")
      let rebooted = try await Varde.run(booting)
      #expect(rebooted.status == 0, "\(rebooted)")
      var after: [String: String] = [:]
      for node in rack { after[node] = try await bootTime(of: node, site) }
      for node in rack { #expect(after[node] != before[node], "\(node) has booted") }

      try await site.sh("c2", "touch /etc/of-the-former-system")
      let installing = ["maintain", "reimage", site.file, "c2", "--twin", "--yes"]
      let reimage = try await Varde(installing)
      _ = try await reimage.cutOff(at: "it gets its resources") { site.state.said("changing file:", in: "c2/reimage") }
      let reimaged = try await Varde.run(installing)
      #expect(reimaged.status == 0, "\(reimaged)")
      try await site.sh("c2", "test ! -e /etc/of-the-former-system")
      #expect(try await bootTime(of: "c2", site) != before["c2"])

      let report = try await writer.stop()
      print("maintenance: \(report.writes) writes, longest stall \(report.longestStall) s: \(report.stalls)")
      #expect(report.wrongBlocks == 0)
      #expect(try await !site.sh("a1", "ceph osd dump").contains("noout"))
      #expect(try await site.twin("plan").status == 0)
      #expect(try await site.twin("status").status == 0)
    }

    /// When its first process was started, in the machine's ticks.
    private func bootTime(of node: String, _ site: TestSite) async throws -> String {
      try await site.sh(node, "sed 's/.*) //' /proc/1/stat | cut -d' ' -f20")
    }

    /// Killed in every phase, with a host off from the start: it waits for the host, goes on where it was, and leaves no
    /// mark behind. A writer and reader notices nothing.
    @Test(.timeLimit(.minutes(20))) func anUpgradeOutlivesKillsAndAHostThatIsOff() async throws {
      let site = try await ThreeRacks.shared.value.site
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
        let run = try await upgrade.cutOff(at: "a step \(phase) runs", within: .seconds(600)) {
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
      #expect(try await site.twin("status").status == 0)
    }

    @Test func secretsAppearNowhere() async throws {
      let racks = try await ThreeRacks.shared.value
      let site = racks.site
      let search = try SecretSearch(site.state)
      #expect(search.secrets.count >= 9, "each OSD has a key")
      #expect(try await search.found(in: search.patterns) == search.secrets.keys.sorted(), "the search finds them")

      #expect(try await search.found(in: racks.firstPlan.output) == [], "plan")
      for table in ["rollout", "step", "output"] {
        #expect(try await search.found(in: site.state.text(ofTable: table)) == [], "journal: \(table)")
      }
      let printed = Varde.transcript.withLock { $0 }
      for run in printed { #expect(try await search.found(in: run.all) == [], "\(run.arguments)") }
      #expect(racks.seen.contains { $0.contains("ceph-osd") }, "the sampler saw the hosts' processes")
      #expect(try await search.found(in: racks.seen.joined(separator: "\n")) == [], "process list")
      for node in racks.nodes {
        let log = try await site.lab("exec", node.name, "--", "journalctl", "--no-pager", "-o", "verbose")
        #expect(log.status == 0 && log.output.contains("sshd"), "\(node.name)")
        #expect(try await search.found(in: log.output) == [], "the journal of \(node.name)")
      }
    }

    @Test func filesWithSecretsAreClosed() async throws {
      let racks = try await ThreeRacks.shared.value
      let site = racks.site
      let search = try SecretSearch(site.state)
      try await site.sh("a1", "umask 022; cat > /etc/open", input: search.patterns)
      #expect(try await search.openFiles(on: "a1", of: site).contains { $0.contains("/etc/open") }, "it is found")
      try await site.sh("a1", "rm /etc/open")
      for node in racks.nodes {
        #expect(try await search.openFiles(on: node.name, of: site) == [])
        let keyrings = "find /etc/ceph /var/lib/ceph -name '*keyring*' -type f"
        #expect(try await site.sh(node.name, "\(keyrings) ! -perm 600 ! -perm 400") == "")
        if node.kind == "host" { #expect(try await site.sh(node.name, keyrings) != "") }
      }
      #expect(try FileModes.of(["state", "ssh"].map { "\(site.folder)/\($0)" }) == [0o700])
      #expect(try FileModes.of(["ssh/id_ed25519", "state/lock"].map { "\(site.folder)/\($0)" }) == [0o600])
      #expect(try FileModes.ofFiles(in: "\(site.folder)/state") == [0o600])
      #expect(try FileModes.ofFiles(in: "\(site.folder)/ssh/hosts", except: ".pub") == [0o600])
    }

    @Test func downLeavesNothing() async throws {
      let site = try TestSite("three-racks")
      let down = try await site.lab("down")
      #expect(down.status == 0, "\(down)")
      try Leftovers.expectNone(of: site.name)
    }
  }
}
