import Foundation
import Plan
import Testing

extension TwinTests {
  /// From a site file to a running site of three racks, and what an operator may do to it. The tests share one twin and
  /// run in this order; each leaves it whole.
  @Suite(.serialized, .timeLimit(.minutes(10)), .onTwin(.none, of: TestSite.threeRacks)) struct ThreeRacksTests {
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
      #expect(single.status == 0 && single.output.contains("25 failures tried, 1 break something."), "\(single)")
      for kind in ["disk (9)", "host (9)", "rack (3)", "root (1)", "mon (3)"] {
        #expect(single.output.contains(kind), "\(single)")
      }
      let pairs = try await Varde.run(["prove", "--ceph", "--depth", "2", "--kinds", "rack"] + files)
      #expect(pairs.output.contains("rack + rack (3)  BREAKS"), "\(pairs)")
      #expect(
        pairs.output.contains("rack a and rack b (and 2 more like it): storage: placement groups stop: "), "\(pairs)")
      files.swapAt(1, 3)
      let wrong = try await Varde.run(["prove", "--ceph"] + files)
      #expect(wrong.status == 2 && wrong.error.contains("no output of 'ceph osd dump -f json'"), "\(wrong)")
    }

    @Test func aWriterOutlivesALeafAndAHost() async throws {
      let site = try await ThreeRacks.shared.value.site
      let writer = try await Writer.start(site, host: "b1", seconds: 45)
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
  }
}
