import Testing

/// The twin of a site that becomes another one, and what must hold of it.
struct GrowingTwin {
  let site: TestSite

  init(_ name: String, _ stage: GrowingSite) throws { site = try TestSite(name: name, yaml: stage.yaml(name)) }

  func edit(_ stage: GrowingSite) throws { try site.edit(stage.yaml(site.name)) }

  /// Data that must outlive all that follows.
  func store() async throws {
    try await site.sh(
      "a1", "dd if=/dev/urandom of=/root/first bs=1M count=16 && rbd import /root/first vms/first --no-progress")
  }

  /// Becomes one stage after the other under a writer; what has been given stays given.
  func grows(_ stages: [(GrowingSite, mons: [String])]) async throws {
    var before = try await identities()
    for (stage, mons) in stages {
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

  /// What a client may wait at most, in seconds: Ceph gives a silent OSD up after 20, and an OSD that moves to another
  /// address comes back in less.
  static let stall = 35.0

  func becomes(_ stage: GrowingSite, mons: [String], pool: Pool) async throws {
    try edit(stage)
    let up = try await site.lab("up")
    #expect(up.status == 0, "\(up)")
    let apply = try await site.twin("apply")
    #expect(apply.status == 0, "\(apply)")
    try await isWhole(stage, mons: mons, pool: pool)
  }

  func isWhole(_ stage: GrowingSite, mons: [String], pool wanted: Pool) async throws {
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

  struct Pool {
    var size: Int
    var minSize: Int
    var rule: String
  }

  func firstDataIsThere() async throws {
    let sums = try await site.sh(
      "a1", "rbd export vms/first - --no-progress | sha256sum; sha256sum </root/first")
    let lines = Set(sums.split(separator: "\n"))
    #expect(lines.count == 1, "\(sums)")
  }

  /// What must stay: by node and fact, addresses and AS number by the design, the addresses that its loopback really
  /// has, and the numbers of its OSDs by the cluster. Some facts come with the fabric.
  func identities() async throws -> [String: [String: String]] {
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
