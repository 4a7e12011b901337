import Foundation
import Testing

extension TwinTests {
  /// `kill -9` at any moment: the same command again finishes the work, and `lab down` removes all of it.
  @Suite(.serialized, .timeLimit(.minutes(12)), .onTwin(.none, of: TestSite.cutOff))
  struct CutOffTests {
    let site: TestSite

    init() async throws {
      site = try TestSite.cutOff()
      try await site.begin()
    }

    /// Moments in the life of `lab up`.
    enum UpMoment: String, CaseIterable {
      case namespace, keys, booting, firstHost

      func hasCome(_ up: Varde, _ site: TestSite) -> Bool {
        switch self {
        case .namespace: FileManager.default.fileExists(atPath: "/run/netns/varde-\(site.name)")
        case .keys: FileManager.default.fileExists(atPath: "\(site.folder)/ssh/id_ed25519")
        case .booting: up.error.contains("booting")
        case .firstHost: up.error.contains("boots\n")
        }
      }
    }

    @Test(arguments: UpMoment.allCases) func aCutOffUpIsRemovedOrFinished(_ moment: UpMoment) async throws {
      try await cutOffUp(at: moment)
      try await removes()

      try await cutOffUp(at: moment)
      let up = try await site.lab("up")
      #expect(up.status == 0, "\(up)")
      for host in ["h1", "h2", "h3"] { #expect(try await site.sh(host, "hostname") == "\(host)\n") }
      try await removes()
    }

    private func cutOffUp(at moment: UpMoment) async throws {
      let up = try await Varde(["lab", "up", site.file])
      let run = try await up.cutOff(at: "\(moment)") { moment.hasCome(up, site) }
      #expect(run.status == 137, "it must not have ended before: \(run)")
    }

    @Test func aCutOffDownIsFinished() async throws {
      try await cutOffDown(at: "the hosts end") { down in down.error.contains("ending") }
      try await cutOffDown(at: "the hosts are dead") { _ in
        !RunningProcess.all(of: site.name).contains { $0.commandLine.contains("systemd-nspawn") }
      }
    }

    /// The moment is over in a few milliseconds: where `down` was faster, it is tried again.
    private func cutOffDown(at moment: String, _ hasCome: (Varde) -> Bool) async throws {
      for attempt in 1...12 {
        let up = try await site.lab("up")
        #expect(up.status == 0, "\(up)")
        let down = try await Varde(["lab", "down", site.file])
        do {
          _ = try await down.cutOff(at: moment) { hasCome(down) }
          return try await removes()
        } catch let unmet as Unmet where attempt < 12 {
          print("attempt \(attempt): \(unmet)")
          _ = try await down.result(within: .seconds(10))
        }
      }
    }

    /// Moments in the life of `apply`, in their order; each is met by a rollout that goes on where the one before it was
    /// cut off.
    enum ApplyMoment: String, CaseIterable {
      case observing, firstSteps, monitorMakesItsStore, osdMakesItsStore, pools

      /// Whether a rollout has begun by then.
      var isJournaled: Bool { self != .observing }

      func hasCome(_ apply: Varde, _ site: TestSite) -> Bool {
        switch self {
        case .observing: !RunningProcess.connections(of: site.name).isEmpty
        case .firstSteps: site.state.isRunning("h1/ceph")
        case .monitorMakesItsStore: runs("ceph-mon", "--mkfs", site)
        case .osdMakesItsStore: runs("ceph-osd", "--mkfs", site)
        case .pools: site.state.isRunning("ceph/pool-vms")
        }
      }

      private func runs(_ program: String, _ option: String, _ site: TestSite) -> Bool {
        RunningProcess.all(of: site.name).contains {
          $0.commandLine.contains(program) && $0.commandLine.contains(option)
        }
      }
    }

    @Test func aCutOffApplyGoesOnAtEveryMoment() async throws {
      let up = try await site.lab("up")
      #expect(up.status == 0, "\(up)")
      for moment in ApplyMoment.allCases {
        let apply = try await site.start("apply")
        let run = try await apply.cutOff(at: "\(moment)") { moment.hasCome(apply, site) }
        #expect(run.status == 137, "it must not have ended before: \(run)")
        try await nothingOutlives(moment)
      }
      let apply = try await site.twin("apply")
      #expect(apply.status == 0, "\(apply)")
      let status = try await site.twin("status", "--format", "json")
      #expect(try status.json(SiteStatus.self).ceph?.health == "HEALTH_OK", "\(status)")
      let plan = try await site.twin("plan")
      #expect(plan.status == 0, "\(plan)")

      let outcomes = try await history()
      #expect(outcomes.first == "done")
      #expect(outcomes.count { $0 == "interrupted" } == ApplyMoment.allCases.count(where: \.isJournaled))
      try await removes()
    }

    @Test(arguments: [ApplyMoment.monitorMakesItsStore, .osdMakesItsStore])
    func aTwinIsRemovedInTheMiddleOfAnApply(_ moment: ApplyMoment) async throws {
      let up = try await site.lab("up")
      #expect(up.status == 0, "\(up)")
      let apply = try await site.start("apply")
      _ = try await apply.cutOff(at: "\(moment)") { moment.hasCome(apply, site) }
      try await removes()
    }

    /// The newest first.
    private func history() async throws -> [String] {
      struct Rollout: Decodable { var outcome: String }
      return try await site.twin("history", "--format", "json").json([Rollout].self).map(\.outcome)
    }

    /// What a killed controller had started ends by itself: ssh here, agents on the hosts.
    private func nothingOutlives(_ moment: ApplyMoment) async throws {
      _ = try await wait(for: "ssh and agents end after \(moment)", within: .seconds(15)) {
        RunningProcess.connections(of: site.name).isEmpty && RunningProcess.agents(of: site.name).isEmpty ? true : nil
      }
    }

    private func removes() async throws {
      let down = try await site.lab("down")
      #expect(down.status == 0, "\(down)")
      try Leftovers.expectNone(of: site.name)
    }
  }
}
