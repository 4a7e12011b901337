import Foundation
import Testing

extension TwinTests {
  /// What goes wrong on the hosts while a rollout is under way: it says where and why, and the next `apply` goes on. One
  /// twin and one rollout for all of them, which is interrupted again and again.
  @Suite(.serialized, .timeLimit(.minutes(12)), .onTwin(.up, of: TestSite.interrupted)) struct InterruptionTests {
    let site: TestSite

    init() throws { site = try TestSite.interrupted() }

    @Test func aRolloutGoesOnAfterWhateverHappensToItsHosts() async throws {
      // A host dies in the middle.
      try await fails(naming: "h2", when: .aStepHasPassed) {
        try await lab("fail", "h2", "off")
      }
      try await lab("heal", "h2", "off")

      try await goesOn()

      // SSH drops while a new disk becomes an OSD.
      try await replaceDisk(of: "h1")
      try await fails(naming: "h1", when: .itsOSDIsMade) {
        for session in processes(on: "h1") where session.commandLine.hasPrefix("sshd: root") {
          kill(session.pid, SIGKILL)
        }
      }
      try await goesOn()

      // The operator stops it: what runs is finished, nothing new is begun.
      try await replaceDisk(of: "h1")
      let stopped = try await site.start("apply")
      try await come(to: .itsOSDIsMade, of: stopped, on: "h1")
      kill(stopped.pid, SIGINT)
      let end = try await stopped.result(within: .seconds(120))
      #expect(end.status == 130 && end.error.contains("stopped: ") && end.error.contains("ok    h1/osd"), "\(end)")
      #expect(end.error.contains("not begun") && !end.error.contains("ok    ceph/healthy"), "\(end)")
      try await goesOn()

      // A host hangs: its step is given up, and the rollout ends.
      try await replaceDisk(of: "h2")
      try await fails(naming: "h2", when: .itsOSDIsMade) {
        try await lab("fail", "h2", "frozen")
      }
      try await lab("heal", "h2", "frozen")
      try await goesOn()

      // The agent is killed.
      try await replaceDisk(of: "h3")
      try await fails(naming: "h3", when: .itsOSDIsMade) {
        for agent in processes(on: "h3") where agent.commandLine.contains("/var/lib/varde/agent/") {
          kill(agent.pid, SIGKILL)
        }
      }
      try await goesOn()

      // A file system is full.
      try await site.sh(
        "h3",
        "mount -t tmpfs -o size=16k full /etc/sysctl.d; dd if=/dev/zero of=/etc/sysctl.d/fill bs=1k count=16 || true")
      let full = try await site.twin("apply")
      #expect(full.status == 1 && full.error.contains("h3/base") && full.error.contains("No space left"), "\(full)")
      try await site.sh("h3", "umount /etc/sysctl.d")
      try await goesOn()
      try await nothingWasDoneTwice()
    }

    /// Starts `apply`, lets something happen when its moment has come, and expects that it fails and says where.
    private func fails(
      naming host: String, when moment: Moment, _ happens: () async throws -> Void
    ) async throws {
      let apply = try await site.start("apply")
      try await come(to: moment, of: apply, on: host)
      try await happens()
      let run = try await apply.result(within: .seconds(240))
      #expect(run.status == 1 && run.error.contains("FAIL  \(host)/"), "\(run)")
      // The story afterwards: which step failed, in the host's or ssh's own words.
      let last = try await site.twin("history", "--format", "json").json([Rollout].self)
      #expect(last.first?.outcome == "failed")
      let story = try await site.twin("history", "\(last.first?.id ?? 0)", "--output")
      #expect(story.output.contains("failed") && story.output.contains(" \(host)/"), "\(story)")
    }

    private func come(to moment: Moment, of apply: Varde, on host: String) async throws {
      _ = try await wait(for: "the moment for \(host)", within: .seconds(120), every: .milliseconds(2)) { () -> Bool? in
        guard kill(apply.pid, 0) == 0 else { throw Unmet("it ended before: \(apply.error)") }
        return hasCome(moment, apply, host) ? true : nil
      }
    }

    private enum Moment { case aStepHasPassed, itsOSDIsMade }

    private func hasCome(_ moment: Moment, _ apply: Varde, _ host: String) -> Bool {
      switch moment {
      case .aStepHasPassed: apply.error.contains("ok    h")
      case .itsOSDIsMade:
        processes(on: host).contains { $0.commandLine.contains("ceph-osd") && $0.commandLine.contains("--mkfs") }
      }
    }

    private func lab(_ verb: String, _ host: String, _ fault: String) async throws {
      let run = try await site.lab(verb, "host", host, fault)
      #expect(run.status == 0, "\(run)")
    }

    private struct Rollout: Decodable {
      var id: Int
      var outcome: String
    }

    private func goesOn() async throws {
      let apply = try await site.twin("apply")
      #expect(apply.status == 0, "\(apply)")
      let status = try await site.twin("status", "--wait", "240")
      let plan = try await site.twin("plan")
      #expect(plan.status == 0 && status.status == 0, "\(plan)\n\(status)")
    }

    /// A blank disk in the place of the one that the host's OSD lives on.
    private func replaceDisk(of host: String) async throws {
      try await site.sh(
        host,
        """
        unit=ceph-osd@$(basename /var/lib/ceph/osd/ceph-* | sed s/ceph-//)
        systemctl kill -s KILL $unit; systemctl stop $unit
        disk=$(readlink -f /dev/vdb); truncate -s 0 $disk; truncate -s 10G $disk
        """)
      _ = try await wait(for: "the OSD of \(host) is down", within: .seconds(60)) {
        try await site.sh("h1", "ceph osd tree").contains(" down ") ? true : nil
      }
    }

    /// As many OSDs, monitors and keys as the design has.
    private func nothingWasDoneTwice() async throws {
      let counts = try await site.sh(
        "h1",
        "ceph osd ls | wc -l; ceph mon dump 2>/dev/null | grep -c '^[0-9]: '; ceph auth ls 2>/dev/null | grep -c '^osd\\.'"
      )
      let disks = try await site.sh("h1", "ceph osd dump | grep -c '^osd\\.'")
      let numbers = counts.split(separator: "\n")
      #expect(numbers.count == 3 && numbers[1] == "3" && numbers[0] == numbers[2], "\(counts)")
      #expect(disks.hasPrefix(numbers[0]))
    }

    private func processes(on host: String) -> [RunningProcess] {
      RunningProcess.all(of: site.name).filter {
        RunningProcess.text($0.pid, "cgroup").contains("/varde/\(site.name)/\(host)/")
          && !$0.commandLine.contains("systemd-nspawn")
      }
    }
  }
}
