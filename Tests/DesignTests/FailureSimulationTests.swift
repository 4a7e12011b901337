import Design
import Site
import Testing

@testable import Guarantees

@Suite struct FailureSimulationTests {
  @Test func threeRacksSurviveAnySingleLoss() throws {
    let losses = FailureSimulation.singleLosses(of: Design(try Sites.example("three-racks")))
    #expect(losses.map(\.domain) == [.disk, .host, .switch, .rack])
    #expect(losses.map(\.count) == [9, 9, 8, 3])
    #expect(losses.flatMap(\.breaches).isEmpty)
  }

  /// What a design says that it survives, it survives.
  @Test(arguments: [
    Sites.flat(1), Sites.flat(1, disks: 3), Sites.flat(3), Sites.flat(7, disks: 2), Sites.racked(1, hosts: 3),
    Sites.racked(2, hosts: 3), Sites.racked(3, hosts: 1), Sites.racked(4, hosts: 2), Sites.racked(6, hosts: 3),
  ])
  func designsKeepTheirWord(site: Site) {
    var site = site
    site.storage.ceph = CephStorage(pools: [Pool(name: "vms")])
    let design = Design(site)
    for loss in FailureSimulation.singleLosses(of: design) {
      if loss.domain <= design.survive.storage, loss.domain != .switch || design.survive.network == .switch {
        #expect(loss.breaches(of: .storageIO).isEmpty, "\(site.hosts.count) hosts, \(loss.domain)")
      }
      if loss.domain == .switch, design.survive.network == .switch { #expect(loss.breaches(of: .network).isEmpty) }
      if loss.domain != .switch, loss.domain <= design.survive.control {
        #expect(loss.breaches(of: .control).isEmpty)
      }
    }
  }

  @Test func twoRacksAreOneTooMany() throws {
    let down: Set<Component> = [.rack("a"), .rack("b")]
    #expect(try broken("three-racks", down) == [.storageIO, .control])
    #expect(try broken("three-racks", down.union([.rack("c")])) == [.storageIO, .storageData, .control])
  }

  @Test func hostsOfOneRackCountOnce() throws {
    #expect(try broken("three-racks", [.node("a1"), .node("a2"), .node("a3")]) == [])
    #expect(try broken("three-racks", [.node("a1"), .node("b2")]) == [.storageIO])
  }

  @Test func replicasOverHostsMayAllLieInOneRack() throws {
    var site = try Sites.example("three-racks")
    site.survive.storage = .host
    let findings = FailureSimulation(Design(site)).findings(down: [.rack("b")])
    #expect(findings.filter { !$0.holds }.map(\.guarantee) == [.storageIO, .storageData])
  }

  @Test func disksOfOneHostAndOfTwo() throws {
    func disk(_ host: String) -> Component { .osd(host: host, disk: "/dev/vdb") }
    #expect(try broken("three-hosts", [disk("h1")]) == [])
    #expect(try broken("three-hosts", [disk("h1"), disk("h2")]) == [.storageIO])
    #expect(try broken("three-hosts", [disk("h1"), .node("h1")]) == [])
  }

  @Test func bothLeavesCutARackOff() throws {
    let findings = FailureSimulation(Design(try Sites.example("three-racks")))
      .findings(down: [.node("a-l1"), .routing("a-l2")])
    #expect(findings.filter { !$0.holds }.map(\.guarantee) == [.network])
    #expect(findings.first { $0.guarantee == .network }?.why.hasSuffix("do not reach each other") == true)
  }

  @Test func crosswiseLinksSplitARackWithoutSpines() throws {
    #expect(try broken("one-rack", [.link("a-l1", "a1")]) == [])
    // a1 is left with a-l2, a2 with a-l1, and no spine joins the two.
    #expect(try broken("one-rack", [.link("a-l1", "a1"), .link("a-l2", "a2")]).contains(.network))
    #expect(try broken("three-racks", [.link("a-l1", "a1"), .link("a-l2", "a2")]) == [])
  }

  @Test func spinesCarryWhatIsBetweenRacks() throws {
    #expect(try broken("three-racks", [.node("s1")]) == [])
    #expect(try broken("three-racks", [.node("s1"), .node("s2")]) == [.storageIO, .network, .control])
  }

  @Test func nextHopsAreCounted() throws {
    let simulation = FailureSimulation(Design(try Sites.example("three-racks")))
    func why(_ down: Set<Component>) -> String? {
      simulation.findings(down: down).first { $0.guarantee == .network }?.why
    }
    #expect(why([]) == "every host has 2 next hops or more (a1)")
    #expect(why([.node("b-l2")]) == "every host has 1 next hop or more (b1)")
  }

  @Test func monitorsNeedAMajority() throws {
    #expect(try broken("three-racks", [.mon("a1")]) == [])
    #expect(try broken("three-racks", [.mon("a1"), .mon("b1")]) == [.control])
    #expect(try broken("three-racks", [.mgr("a1")]) == [])
    #expect(try broken("three-racks", [.mgr("a1"), .mgr("b1")]) == [.control])
  }

  private func broken(_ example: String, _ down: Set<Component>) throws -> [Guarantee] {
    FailureSimulation(Design(try Sites.example(example))).findings(down: down).filter { !$0.holds }.map(\.guarantee)
  }
}
