import Foundation
import Testing

extension TwinTests {
  /// Two racks of uneven disks with data in them: balanced under load and back again, then grown by a rack, each as foretold.
  /// The tests share one twin and run in this order.
  @Suite(.serialized, .timeLimit(.minutes(10)), .onTwin(.restored, of: TestSite.balance)) struct BalanceTests {
    let site: TestSite

    init() throws { site = try TestSite.balance() }

    @Test func theFullestOSDIsAsFullAsForetold() async throws {
      try await site.sh(
        "a1",
        """
        dd if=/dev/urandom of=/root/data bs=1M count=500 2>/dev/null
        for image in 1 2; do rbd import /root/data vms/image$image --no-progress; done
        """)
      try await statisticsAreFresh()
      let before = try await placements()
      let forecast = try await site.twin("balance", "--format", "json").json(Forecast.self)
      #expect(!forecast.commands.isEmpty)
      let writer = try await Writer.start(site, host: "a1", seconds: 400)
      let balance = try await site.twin("balance", "--apply", "--yes")
      #expect(balance.status == 0, "\(balance)")
      let written = try await writer.stop()
      #expect(written.wrongBlocks == 0 && written.longestStall < 10, "\(written)")
      try await statisticsAreFresh()
      let fullest =
        try await site.sh("a1", "ceph osd df -f json").decoded(OSDUse.self).nodes.map(\.utilization).max() ?? 0
      let (old, foretold) = (forecast.report.before.fullest * 100, forecast.report.after.fullest * 100)
      print(
        "fullest OSD \(old) %, foretold \(foretold) %, then \(fullest) %; \(forecast.report.movedShards) shards; "
          + "longest stall \(written.longestStall) s")
      #expect(foretold < old * 0.95, "there is something to gain")
      #expect(abs(fullest - foretold) < foretold * 0.05)

      let undo = try await site.twin("balance", "--undo", "--yes")
      #expect(undo.status == 0, "\(undo)")
      // The managers hear of the last ones some seconds after the map has them.
      _ = try await wait(for: "every placement group is where it was", within: .seconds(30), every: .seconds(1)) {
        try await placements().mapValues(\.osds) == before.mapValues(\.osds) ? true : nil
      }
      #expect(try await site.sh("a1", "ceph osd dump | grep -c upmap || true").hasPrefix("0"))
      #expect(try await site.twin("balance", "--undo", "--yes").status == 2, "only once")
    }

    @Test func aGrowthMovesWhatWasForetold() async throws {
      try site.edit(BalancedSite.yaml(racks: ["a", "b", "c"]))
      #expect(try await site.lab("up").status == 0)
      let before = try await placements()
      let plan = try await site.twin("plan", "--brief")
      let foretold = try #require(plan.output.firstMatch(of: /data to move: ([0-9.]+) (MiB|GiB)/), "\(plan)")
      let apply = try await site.twin("apply")
      #expect(apply.status == 0, "\(apply)")
      let after = try await placements()
      let moved = before.reduce(0.0) { sum, group in
        let came = Set(after[group.key]?.osds ?? []).subtracting(group.value.osds)
        return sum + Double(came.count) * group.value.bytes
      }
      let bytes = (Double(foretold.1) ?? 0) * (foretold.2 == "GiB" ? 0x1p30 : 0x1p20)
      print("growth: \(bytes / 0x1p20) MiB foretold, \(moved / 0x1p20) MiB moved")
      #expect(moved > 0x1p27 && abs(moved - bytes) < bytes * 0.1)
    }

    @Test func aHostIsDrainedUnderAWriter() async throws {
      let osds = Set(try await site.sh("a1", "ceph osd ls-tree b2").split(separator: "\n").compactMap { Int($0) })
      #expect(!osds.isEmpty)
      let writer = try await Writer.start(site, host: "a1", seconds: 300)
      let drain = try await ceph("drain", "b2", "--apply")
      #expect(drain.status == 0, "\(drain)")
      let written = try await writer.stop()
      print("drained: longest stall \(written.longestStall) s")
      #expect(written.wrongBlocks == 0 && written.longestStall < 10, "\(written)")
      #expect(try await placements().values.allSatisfy { osds.isDisjoint(with: $0.osds) })
      let again = try await ceph("drain", "b2", "--apply")
      #expect(again.status == 0 && again.output.contains("nothing to do"), "\(again)")
    }

    // MARK: what is looked at

    /// `varde ceph VERB --site SITE --twin ...`; nothing is asked.
    private func ceph(_ verb: String, _ rest: String...) async throws -> Varde.Run {
      try await Varde.run(["ceph", verb, "--site", site.file, "--twin", "--yes"] + rest)
    }

    private struct Forecast: Decodable {
      struct Report: Decodable {
        struct State: Decodable {
          struct ClassUse: Decodable { var max: Double }
          var classes: [ClassUse]
          var fullest: Double { classes.map(\.max).max() ?? 0 }
        }
        var before, after: State
        var movedShards: Int
      }
      var commands: [String]
      var report: Report
    }

    private struct OSDUse: Decodable {
      struct Node: Decodable { var utilization: Double }
      var nodes: [Node]
    }

    private struct Group: Equatable {
      var osds: [Int]
      var bytes: Double
    }

    /// By group, for those of the pool with the data.
    private func placements() async throws -> [String: Group] {
      struct Dump: Decodable {
        struct Stats: Decodable {
          struct Sum: Decodable { var numBytes: Double }
          var pgid: String
          var up: [Int]
          var statSum: Sum
        }
        var pgStats: [Stats]
      }
      let dump = try await site.sh("a1", "ceph pg ls-by-pool vms -f json").decoded(Dump.self)
      return Dictionary(
        uniqueKeysWithValues: dump.pgStats.map { ($0.pgid, Group(osds: $0.up, bytes: $0.statSum.numBytes)) })
    }

    /// OSDs tell the managers every few seconds what they hold, and drop what has moved away only then.
    private func statisticsAreFresh() async throws {
      struct Use: Decodable {
        struct Node: Decodable {
          var id: Int
          var kbUsedData: Double
        }
        var nodes: [Node]
      }
      _ = try await wait(for: "OSDs hold what their placement groups say", within: .seconds(90), every: .seconds(1)) {
        var stored: [Int: Double] = [:]
        for group in try await placements().values {
          for osd in group.osds { stored[osd, default: 0] += group.bytes }
        }
        let nodes = try await site.sh("a1", "ceph osd df -f json").decoded(Use.self).nodes
        let isAlike = nodes.allSatisfy { abs($0.kbUsedData * 1024 - stored[$0.id, default: 0]) < 0x1p23 }
        return isAlike && stored.values.reduce(0, +) > 0x1p30 ? true : nil
      }
    }
  }
}

extension String {
  fileprivate func decoded<Value: Decodable>(_ type: Value.Type) throws -> Value {
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    return try decoder.decode(type, from: Data(utf8))
  }
}
