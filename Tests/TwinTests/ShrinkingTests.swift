import Testing

extension TwinTests {
  /// Hosts leave, dead or alive, and a disk is replaced. The tests share one twin and run in this order.
  @Suite(.serialized, .timeLimit(.minutes(12)), .onTwin(.restored, of: TestSite.shrinking))
  struct ShrinkingTests {
    /// The twin as it stands on disk, whatever a former test has made of its file.
    private let twin: GrowingTwin
    private var site: TestSite { twin.site }

    init() throws { twin = try GrowingTwin.shrinking() }

    @Test func aHostLeavesWhileAWriterWrites() async throws {
      try await twin.store()
      let shrunk = GrowingSite.threeRacks.without("b1")
      try twin.edit(shrunk)
      let plan = try await site.twin("plan", "--brief")
      #expect(plan.status == 3, "\(plan)")
      for words in ["osd.4 on b1", "mon.b1 leaves the quorum", "b1/fabric-leaves"] {
        #expect(plan.output.contains(words), "\(plan)")
      }
      let writer = try await Writer.start(site, host: "a1", seconds: 600)
      let apply = try await site.twin("apply")
      #expect(apply.status == 0, "\(apply)")
      let report = try await writer.stop()
      print("a host leaves: \(report.writes) writes, longest stall \(report.longestStall) s")
      #expect(report.wrongBlocks == 0 && report.longestStall < GrowingTwin.stall)
      try await twin.isWhole(
        shrunk, mons: ["a1", "b2", "c1"], pool: .init(size: 3, minSize: 2, rule: "replicated-rack"))
      // What ran on it is stopped, and the disk is free for another life.
      let left = "systemctl list-units --no-legend 'ceph-*@*' frr.service; ls /var/lib/ceph/osd /var/lib/ceph/mon"
      let host = GrowingSite.threeRacks
      try twin.edit(host)
      #expect(
        try await site.sh("b1", left).split(separator: "\n").filter { $0.contains("running") || $0.contains("ceph-b1") }
          == [])
      #expect(try await site.sh("b1", "head -c 4096 /dev/vdb | tr -d '\\0' | wc -c").hasPrefix("0"))
      try twin.edit(shrunk)
      let up = try await site.lab("up")
      #expect(up.status == 0 && up.error.contains("b1 is no longer in the site"), "\(up)")
      #expect(try await site.twin("plan").status == 0)
    }

    @Test func aDeadHostIsTakenOut() async throws {
      let shrunk = GrowingSite.threeRacks.without("b1").without("a3")
      try twin.edit(.threeRacks.without("b1"))
      #expect(try await site.lab("fail", "host", "a3", "off").status == 0)
      try twin.edit(shrunk)
      let apply = try await site.twin("apply")
      #expect(apply.status == 0 && apply.error.contains("a3 has left the site"), "\(apply)")
      try await twin.isWhole(
        shrunk, mons: ["a1", "b2", "c1"], pool: .init(size: 3, minSize: 2, rule: "replicated-rack"))
    }

    @Test func aDiskIsReplaced() async throws {
      let shrunk = GrowingSite.threeRacks.without("b1").without("a3")
      try twin.edit(shrunk)
      try await site.sh(
        "c2",
        """
        systemctl kill -s KILL ceph-osd@7; systemctl stop ceph-osd@7
        rm /disks/vdb.img; truncate -s 8G /disks/vdb.img; chown ceph:ceph /disks/vdb.img
        """)
      let apply = try await site.twin("apply")
      #expect(apply.status == 0, "\(apply)")
      try await twin.isWhole(
        shrunk, mons: ["a1", "b2", "c1"], pool: .init(size: 3, minSize: 2, rule: "replicated-rack"))
      try await twin.firstDataIsThere()
    }

    @Test func whatTheSiteCannotBearIsRefused() async throws {
      var twoRacks = GrowingSite.threeRacks.without("b1").without("a3").without("c1").without("c2")
      twoRacks.racks.removeLast()
      try twin.edit(twoRacks)
      let apply = try await site.twin("apply")
      #expect(apply.status == 1 && apply.error.contains("any one rack"), "\(apply)")
    }
  }
}
