import Design
import Site
import TestSupport
import Testing

@testable import Guarantees

/// Proofs by classes against every failure tried one by one, and what they say against every placement of every replica.
@Suite struct ProofTests {
  /// A small site with something irregular in it.
  static func site(_ random: inout SplitMix64) -> Site {
    let racks = Int.random(in: 0...4, using: &random)
    var site =
      racks == 0
      ? Sites.flat(Int.random(in: 1...5, using: &random))
      : Sites.racked(racks, hosts: Int.random(in: 1...3, using: &random))
    site.storage.ceph = CephStorage(pools: [Pool(name: "vms")])
    if racks > 1, Int.random(in: 0..<4, using: &random) == 0 { site.network.spines.removeLast() }
    for host in site.hosts.indices {
      let sizes: [UInt64] = [100, 100, 200]
      site.hosts[host].disks = (0..<Int.random(in: 0...2, using: &random)).map { disk in
        Disk(path: "/dev/vd\(disk)", size: .gib(sizes.randomElement(using: &random) ?? 100))
      }
      if Int.random(in: 0..<4, using: &random) == 0 { site.hosts[host].roles.remove(.control) }
    }
    if site.hosts.count > 2, Bool.random(using: &random) {
      site.hosts.remove(at: Int.random(in: 0..<site.hosts.count, using: &random))
    }
    site.racks.removeAll { rack in !site.hosts.contains { $0.rack == rack.name } }
    return site
  }

  @Test func classesStandForAllTheirMembers() {
    for seed in 0..<40 {
      var random = SplitMix64(UInt64(seed))
      let design = Design(Self.site(&random))
      let simulation = FailureSimulation(design)
      let all = Symmetry(design).classes.flatMap { failures in failures.members.map { (failures.kind, $0.component) } }
      #expect(Set(all.map(\.1)).count == all.count)
      for depth in 1...2 {
        var expected: [[FailureKind]: [Guarantee: Int]] = [:]
        var counts: [[FailureKind]: Int] = [:]
        func add(_ kinds: [FailureKind], _ down: Set<Component>) {
          counts[kinds, default: 0] += 1
          for finding in simulation.findings(down: down) where !finding.holds {
            expected[kinds, default: [:]][finding.guarantee, default: 0] += 1
          }
        }
        for (index, (kind, component)) in all.enumerated() {
          guard depth == 2 else {
            add([kind], [component])
            continue
          }
          for (other, beside) in all[(index + 1)...] { add([kind, other].sorted(), [component, beside]) }
        }
        let proof = Proof(design, depth: depth)
        let found = Dictionary(uniqueKeysWithValues: proof.summaries.map { ($0.kinds, $0.breaks) })
        #expect(found.filter { !$0.value.isEmpty } == expected, "seed \(seed), depth \(depth)")
        #expect(
          Dictionary(uniqueKeysWithValues: proof.summaries.map { ($0.kinds, $0.count) }) == counts, "seed \(seed)")
      }
    }
  }

  @Test func storageIsWhatTheWorstPlacementSays() {
    var compared = 0
    for seed in 0..<150 {
      var random = SplitMix64(UInt64(seed) << 20)
      let design = Design(Self.site(&random))
      let simulation = FailureSimulation(design)
      let all = Symmetry(design, kinds: [.disk, .host, .rack]).classes.flatMap { $0.members.map(\.component) }
      for _ in 0..<6 {
        let down = Set(
          (0..<Int.random(in: 0...3, using: &random)).compactMap { _ in all.randomElement(using: &random) })
        let findings = simulation.findings(down: down)
        // Who is cut off is another matter, and tested beside.
        guard findings.first(where: { $0.guarantee == .network })?.holds == true else { continue }
        guard let worst = Placements(design).worst(down: down) else { continue }
        compared += 1
        let holds = Dictionary(uniqueKeysWithValues: findings.map { ($0.guarantee, $0.holds) })
        #expect(holds[.storageIO] == worst.io && holds[.storageData] == worst.data, "seed \(seed): \(down)")
      }
    }
    #expect(compared > 300)
  }

  @Test func whatFitsIsRoundedByNobody() throws {
    let design = Design(try Sites.example("three-racks"))
    let simulation = FailureSimulation(design, stored: .gib(25))
    #expect(!simulation.findings(down: []).contains { !$0.holds })
    let one = simulation.findings(down: [.osd(host: "a1", disk: "/dev/vdb")]).first { $0.guarantee == .capacity }
    #expect(one?.holds == false && one?.why == "25 GiB are stored, and 17 GiB fit")
  }

  @Test func theTextNamesWhatTwoFailuresBreakTogether() throws {
    let text = ProofText(Proof(Design(try Sites.example("three-racks")), depth: 2, kinds: [.rack, .host])).text
    #expect(text.contains("rack + host (27)"), "\(text)")
    #expect(text.contains("18 break"), "\(text)")
    let single = ProofText(Proof(Design(try Sites.example("three-racks")))).text
    #expect(single.contains("The site keeps what it is asked to."), "\(single)")
  }

  @Test func aPromiseThatIsNotKeptIsNamed() throws {
    let proof = Proof(Design(try Sites.example("one-vm")))
    #expect(proof.brokenPromises.isEmpty, "it is asked for no more than it can")
    var site = try Sites.example("three-racks")
    site.survive.storage = .host
    let racks = Proof(Design(site)).cases.filter { $0.kinds == [.rack] }
    #expect(
      racks.reduce(0) { $0 + $1.count } == 3 && racks.allSatisfy { $0.broken.contains { $0.guarantee == .storageData } }
    )
  }
}

/// Every way in which a pool's replicas may lie.
private struct Placements {
  let design: Design

  init(_ design: Design) { self.design = design }

  /// Whether I/O goes on and data is there wherever CRUSH may have put them; `nil` where there are no pools.
  func worst(down: Set<Component>) -> (io: Bool, data: Bool)? {
    guard let ceph = design.ceph, let pool = ceph.pools.first,
      let rule = ceph.rules.first(where: { $0.name == pool.rule })
    else { return nil }
    let racks = Dictionary(design.nodes.map { ($0.name, $0.rack) }) { first, _ in first }
    func isUp(_ osd: OSDDesign) -> Bool {
      !down.contains(.osd(host: osd.host, disk: osd.disk.path)) && !down.contains(.node(osd.host))
        && !((racks[osd.host] ?? nil).map { down.contains(.rack($0)) } ?? false)
    }
    let domains = Dictionary(grouping: ceph.osds) { osd in
      switch rule.failureDomain {
      case "rack": (racks[osd.host] ?? nil) ?? osd.host
      case "host": osd.host
      default: "\(osd.host) \(osd.disk.path)"
      }
    }
    guard domains.count >= pool.size else { return nil }
    var least = pool.size
    func place(_ rest: ArraySlice<[OSDDesign]>, _ left: Int, _ up: Int) {
      guard left > 0 else {
        least = min(least, up)
        return
      }
      guard rest.count >= left, let first = rest.first else { return }
      place(rest.dropFirst(), left, up)
      for osd in first { place(rest.dropFirst(), left - 1, up + (isUp(osd) ? 1 : 0)) }
    }
    place(Array(domains.values)[...], pool.size, 0)
    return (least >= pool.minSize, least > 0)
  }
}
