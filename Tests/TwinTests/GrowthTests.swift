import Testing

extension TwinTests {
  /// One running site, from one VM to three racks and back by a host: edit the file, `lab up`, `apply`. A writer runs all
  /// the time. The tests share one twin and run in this order.
  @Suite(.serialized, .timeLimit(.minutes(12))) struct GrowthTests {
    let site: TestSite

    init() throws { site = try TestSite(name: GrowingSite.name, yaml: GrowingSite.oneVM.yaml) }

    @Test func aSiteGrowsFromOneVMToThreeRacks() async throws {
      try await site.begin()
      try await becomes(.oneVM, mons: ["a1"], pool: Pool(size: 2, minSize: 1, rule: "replicated-osd"))
      try await site.sh(
        "a1", "dd if=/dev/urandom of=/root/first bs=1M count=16 && rbd import /root/first vms/first --no-progress")
      var before = try await identities()

      for (stage, mons) in [
        (GrowingSite.threeHosts, ["a1", "a2", "a3"]), (.oneRack, ["a1", "a2", "a3"]),
        (.threeRacks, ["a1", "b1", "c1"]),
      ] {
        let writer = try await Writer.start(site, host: "a1", seconds: 600)
        let rule = stage.racks.count > 1 ? "replicated-rack" : "replicated-host"
        try await becomes(stage, mons: mons, pool: Pool(size: 3, minSize: 2, rule: rule))
        let report = try await writer.stop()
        print("growth to \(mons): \(report.writes) writes, longest stall \(report.longestStall) s")
        #expect(report.wrongBlocks == 0)
        #expect(report.longestStall < Self.stall, "writes went on")
        try await firstDataIsThere()
        let after = try await identities()
        for (name, facts) in before {
          for (fact, value) in facts { #expect(after[name]?[fact] == value, "\(fact) of \(name) is what it was") }
        }
        before = after
      }
    }

    @Test func aHostLeavesWhileAWriterWrites() async throws {
      let shrunk = GrowingSite.threeRacks.without("b1")
      try site.edit(shrunk.yaml)
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
      #expect(report.wrongBlocks == 0 && report.longestStall < Self.stall)
      try await isWhole(shrunk, mons: ["a1", "b2", "c1"], pool: Pool(size: 3, minSize: 2, rule: "replicated-rack"))
      // What ran on it is stopped, and the disk is free for another life.
      let left = "systemctl list-units --no-legend 'ceph-*@*' frr.service; ls /var/lib/ceph/osd /var/lib/ceph/mon"
      let host = GrowingSite.threeRacks
      try site.edit(host.yaml)
      #expect(
        try await site.sh("b1", left).split(separator: "\n").filter { $0.contains("running") || $0.contains("ceph-b1") }
          == [])
      #expect(try await site.sh("b1", "head -c 4096 /dev/vdb | tr -d '\\0' | wc -c").hasPrefix("0"))
      try site.edit(shrunk.yaml)
      let up = try await site.lab("up")
      #expect(up.status == 0 && up.error.contains("b1 is no longer in the site"), "\(up)")
      #expect(try await site.twin("plan").status == 0)
    }

    @Test func aDeadHostIsTakenOut() async throws {
      let shrunk = GrowingSite.threeRacks.without("b1").without("a3")
      try site.edit(GrowingSite.threeRacks.without("b1").yaml)
      #expect(try await site.lab("fail", "host", "a3", "off").status == 0)
      try site.edit(shrunk.yaml)
      let apply = try await site.twin("apply")
      #expect(apply.status == 0 && apply.error.contains("a3 has left the site"), "\(apply)")
      try await isWhole(shrunk, mons: ["a1", "b2", "c1"], pool: Pool(size: 3, minSize: 2, rule: "replicated-rack"))
    }

    @Test func aDiskIsReplaced() async throws {
      let shrunk = GrowingSite.threeRacks.without("b1").without("a3")
      try site.edit(shrunk.yaml)
      try await site.sh(
        "c2",
        """
        systemctl kill -s KILL ceph-osd@7; systemctl stop ceph-osd@7
        rm /disks/vdb.img; truncate -s 8G /disks/vdb.img; chown ceph:ceph /disks/vdb.img
        """)
      let apply = try await site.twin("apply")
      #expect(apply.status == 0, "\(apply)")
      try await isWhole(shrunk, mons: ["a1", "b2", "c1"], pool: Pool(size: 3, minSize: 2, rule: "replicated-rack"))
      try await firstDataIsThere()
    }

    @Test func whatTheSiteCannotBearIsRefused() async throws {
      var twoRacks = GrowingSite.threeRacks.without("b1").without("a3").without("c1").without("c2")
      twoRacks.racks.removeLast()
      try site.edit(twoRacks.yaml)
      let apply = try await site.twin("apply")
      #expect(apply.status == 1 && apply.error.contains("any one rack"), "\(apply)")
      let down = try await site.lab("down")
      #expect(down.status == 0, "\(down)")
      try Leftovers.expectNone(of: site.name)
    }

    // MARK: what is looked at

    /// What a client may wait at most, in seconds: Ceph gives a silent OSD up after 20, and an OSD that moves to another
    /// address comes back in less.
    private static let stall = 35.0

    private func becomes(_ stage: GrowingSite, mons: [String], pool: Pool) async throws {
      try site.edit(stage.yaml)
      let up = try await site.lab("up")
      #expect(up.status == 0, "\(up)")
      let apply = try await site.twin("apply")
      #expect(apply.status == 0, "\(apply)")
      try await isWhole(stage, mons: mons, pool: pool)
    }

    private func isWhole(_ stage: GrowingSite, mons: [String], pool wanted: Pool) async throws {
      let plan = try await site.twin("plan")
      #expect(plan.status == 0, "\(plan)")
      let status = try await site.twin("status", "--wait", "240", "--format", "json").json(SiteStatus.self)
      // The manager's balancer moves placement groups when it likes.
      #expect(status.ceph?.health == "HEALTH_OK" && status.problems == [], "\(status)")
      #expect(status.ceph?.quorum.sorted() == mons)
      let osds = stage.hosts.map(\.disks).reduce(0, +)
      #expect(status.ceph?.osds == osds && status.ceph?.osdsUp == osds)
      let pool = try await site.sh("a1", "ceph osd pool get vms all").split(separator: "\n").map(String.init)
      #expect(pool.contains("size: \(wanted.size)") && pool.contains("min_size: \(wanted.minSize)"), "\(pool)")
      #expect(pool.contains("crush_rule: \(wanted.rule)"), "\(pool)")
    }

    private struct Pool {
      var size: Int
      var minSize: Int
      var rule: String
    }

    private func firstDataIsThere() async throws {
      let sums = try await site.sh(
        "a1", "rbd export vms/first - --no-progress | sha256sum; sha256sum </root/first")
      let lines = Set(sums.split(separator: "\n"))
      #expect(lines.count == 1, "\(sums)")
    }

    /// What must stay: by node and fact, addresses and AS number by the design, the addresses that its loopback really
    /// has, and the numbers of its OSDs by the cluster. Some facts come with the fabric.
    private func identities() async throws -> [String: [String: String]] {
      struct Design: Decodable {
        struct Node: Decodable {
          struct Loopback: Decodable { var ipv4, ipv6: String }
          struct Disk: Decodable { var path, uuid: String }
          var name, kind, management: String
          var asn: UInt32?
          var loopback: Loopback
          var disks: [Disk]
        }
        var nodes: [Node]
      }
      let design = try await Varde.run(["design", site.file, "--format", "json"]).json(Design.self)
      let osds = try await site.sh(
        "a1",
        "ceph osd dump -f json | python3 -c 'import json,sys\nfor o in json.load(sys.stdin)[\"osds\"]: print(o[\"uuid\"], o[\"osd\"])'"
      )
      let numbers = Dictionary(
        osds.split(separator: "\n").map { $0.split(separator: " ") }.map { (String($0[0]), String($0[1])) }
      ) { first, _ in first }
      var identities: [String: [String: String]] = [:]
      for node in design.nodes {
        var facts = ["management": node.management, "loopback": "\(node.loopback.ipv4) \(node.loopback.ipv6)"]
        facts["AS number"] = node.asn.map { "\($0)" }
        for disk in node.disks { facts[disk.path] = "\(disk.uuid) osd.\(numbers[disk.uuid] ?? "none")" }
        let addresses = try await site.sh(node.name, "ip -o address show lo scope global | awk '{print $4}' | sort")
        if !addresses.isEmpty { facts["addresses of lo"] = addresses }
        identities[node.name] = facts
      }
      return identities
    }
  }
}
