import Design
import HostProtocol
import Plan
import Site
import Testing

@testable import Ceph

/// One site in its stages: what the cluster of one stage needs to become the next one's.
enum Stage {
  static func host(_ name: String, _ last: UInt32, rack: String? = nil, disks: Int = 1) -> Host {
    Host(
      name: name, address: address(last), rack: rack,
      disks: (0..<disks).map { Disk(path: "/dev/vd\($0 == 0 ? "b" : "c")", size: .gib(10)) })
  }

  static func address(_ last: UInt32) -> IPv4Address { IPv4Address(bits: 0xC612_0000 | last) }

  private static func site(_ racks: [Rack], _ spines: [Switch], _ hosts: [Host]) -> Site {
    Site(
      name: "stage", network: Network(spines: spines), racks: racks, hosts: hosts,
      storage: Storage(ceph: CephStorage(pools: [Pool(name: "vms", share: 60)])))
  }

  private static func rack(_ name: String, _ last: UInt32) -> Rack {
    Rack(name: name, leaves: (1...2).map { Switch(name: "\(name)-l\($0)", address: address(last + UInt32($0))) })
  }

  static let oneVM = site([], [], [host("a1", 11, disks: 2)])
  static let threeHosts = site([], [], [host("a1", 11, disks: 2), host("a2", 12), host("a3", 13)])
  static let oneRack = site(
    [rack("a", 110)], [], [host("a1", 11, rack: "a", disks: 2), host("a2", 12, rack: "a"), host("a3", 13, rack: "a")])
  static let threeRacks = site(
    [rack("a", 110), rack("b", 120), rack("c", 130)],
    (1...2).map { Switch(name: "s\($0)", address: address(200 + $0)) },
    oneRack.hosts + [
      host("b1", 21, rack: "b"), host("b2", 22, rack: "b"), host("c1", 31, rack: "c"), host("c2", 32, rack: "c"),
    ])
}

@Suite struct CephGrowthTests {
  private func steps(from old: Site, to new: Site, former: Set<String> = []) throws -> CephSteps {
    try #require(CephSteps(Design(new), state: ClusterState.whole(Design(old)), former: former))
  }

  /// As if nothing on any host had to change: what is left is what the cluster itself needs.
  private func plan(_ steps: CephSteps, former: [String] = []) throws -> Plan {
    var assembly = Assembly()
    steps.add(to: &assembly, differences: [:], former: former, needs: [])
    return try assembly.plan(site: "stage")
  }

  private func commands(_ plan: Plan) -> [String] {
    plan.steps.flatMap { step -> [String] in
      guard case .mon(_, let commands) = step.action else { return [] }
      return commands.map(\.command.summary)
    }
  }

  @Test func aWholeClusterNeedsNothing() throws {
    for site in [Stage.oneVM, Stage.threeHosts, Stage.oneRack, Stage.threeRacks] {
      let steps = try steps(from: site, to: site)
      #expect(try plan(steps).isEmpty && steps.refusals.isEmpty && steps.notes.isEmpty && !steps.moreFollows)
    }
  }

  @Test func threeHostsKeepThreeReplicasOnDifferentHosts() throws {
    let all = commands(try plan(steps(from: Stage.oneVM, to: Stage.threeHosts)))
    let set = all.filter { $0.hasPrefix("osd pool set pool=vms") }
    #expect(
      set.prefix(3) == [
        "osd pool set pool=vms val=replicated-host var=crush_rule", "osd pool set pool=vms val=3 var=size",
        "osd pool set pool=vms val=2 var=min_size",
      ])
    #expect(all.contains { $0.hasPrefix("osd crush rule create-replicated name=replicated-host") })
    #expect(!all.contains { $0.contains("crush move") || $0.contains("set-addrs") })
  }

  @Test func aFabricMovesMonitorsOneAfterTheOtherAndHostsIntoTheirRack() throws {
    let steps = try steps(from: Stage.threeHosts, to: Stage.oneRack)
    let plan = try plan(steps)
    let moves = plan.steps.filter { $0.id.hasPrefix("ceph/move-mon") }
    #expect(moves.map(\.takesDown) == [[.mon("a1")], [.mon("a2")], [.mon("a3")]])
    for (earlier, later) in zip(moves, moves.dropFirst()) { #expect(later.needs.contains(earlier.id)) }
    #expect(steps.moreFollows, "ceph.conf names the former addresses until they are gone")
    #expect(
      commands(plan).filter { $0.hasPrefix("osd crush") } == [
        "osd crush add-bucket args=root=default name=a type=rack",
        "osd crush move args=root=default rack=a name=a1", "osd crush move args=root=default rack=a name=a2",
        "osd crush move args=root=default rack=a name=a3",
      ])
  }

  @Test func monitorsSpreadOverRacksAndTheFormerOnesLeaveOneByOne() throws {
    let plan = try plan(steps(from: Stage.oneRack, to: Stage.threeRacks))
    let leaving = plan.steps.filter { $0.id.hasPrefix("ceph/leave-mon") }
    #expect(leaving.map(\.takesDown) == [[.mon("a2")], [.mon("a3")]])
    #expect(leaving.last?.needs == [leaving[0].id])
    #expect(leaving.allSatisfy { $0.gate == .quorum(mons: ["a1", "b1", "c1"]) })
    #expect(commands(plan).contains("auth rm entity=mgr.a2"))
  }

  @Test func aHostThatLeavesIsDrainedBeforeItIsPurged() throws {
    var shrunk = Stage.threeRacks
    shrunk.hosts.removeAll { $0.name == "b1" }
    let steps = try steps(from: Stage.threeRacks, to: shrunk, former: ["b1"])
    #expect(steps.refusals.isEmpty)
    let plan = try plan(steps, former: ["b1"])
    let order = plan.steps.map(\.id).filter {
      ["ceph/drain", "ceph/drained", "ceph/stopped", "ceph/purge"].contains($0)
    }
    #expect(order == ["ceph/drain", "ceph/drained", "ceph/stopped", "ceph/purge"])
    #expect(plan.steps.first { $0.id == "ceph/drained" }?.gate == .drained(osds: [4]))
    #expect(
      commands(plan).filter {
        $0.contains("osd.4") || $0.contains("id=4") || $0.contains("ids=4") || $0.contains("crush rm")
      }
        == [
          "osd crush reweight name=osd.4 weight=0.0", "osd out ids=4", "osd purge-actual id=4 yes_i_really_mean_it=1",
          "osd crush rm name=b1",
        ])
    #expect(plan.steps.contains { $0.id == "ceph/leave-mon.b1" })
    #expect(plan.defects.isEmpty)
  }

  @Test func anOSDOfAHostThatCannotBeReachedIsStoppedByTheMonitors() throws {
    var shrunk = Stage.threeRacks
    shrunk.hosts.removeAll { $0.name == "b2" }
    let plan = try plan(steps(from: Stage.threeRacks, to: shrunk, former: ["b2"]))
    #expect(commands(plan).contains("osd stop ids=5"))
  }

  @Test func aCutOffPurgeIsFinished() throws {
    var state = try #require(ClusterState.whole(Design(Stage.threeRacks)))
    state.osds.removeAll { $0.id == 5 }
    let ceph = try #require(Design(Stage.threeRacks).ceph)
    var nodes = ceph
    nodes.osds.removeAll { $0.host == "b2" }
    var shrunk = Stage.threeRacks
    shrunk.hosts.removeAll { $0.name == "b2" }
    // The OSD is gone, its host's bucket is still there, and empty.
    let whole = CrushTree.whole(nodes)
    state.tree = CrushTree(
      whole.buckets("root") + whole.buckets("rack") + whole.buckets("host") + [
        .init(id: -99, name: "b2", type: "host")
      ],
      children: [:])
    let departures = Departures(nodes, state, in: Design(shrunk), former: ["b2"])
    #expect(departures.osds.isEmpty && departures.emptiedBuckets == ["b2"])
    #expect(Departures(nodes, state, in: Design(shrunk), former: []).emptiedBuckets.isEmpty)
  }

  /// What is planned while monitors do not answer, with a store missing on every host.
  private func planned(_ silence: Silence) throws -> [String] {
    let steps = try #require(CephSteps(Design(Stage.threeHosts), state: nil, silence: silence))
    var assembly = Assembly()
    let missing = ["a1", "a2", "a3"].map { host in
      (
        host,
        [
          "ceph-mon:\(host)": Difference(
            resource: "ceph-mon:\(host)", changes: [Change("store", from: nil, to: "monitor")])
        ]
      )
    }
    steps.add(to: &assembly, differences: Dictionary(uniqueKeysWithValues: missing), needs: [])
    return try assembly.plan(site: "stage").steps.map(\.id)
  }

  @Test func aSilentClusterGetsNoNewMonitorsOnceItHasHadAQuorum() throws {
    #expect(try planned(.beforeTheFirstQuorum) == ["a1/mon", "a2/mon", "a3/mon", "ceph/quorum"])
    #expect(try planned(.quorumLost(monitors: ["a1"])) == ["a1/mon", "ceph/quorum"])
  }

  @Test func nothingIsRemovedThatNoClusterHasToldOf() throws {
    let steps = try #require(CephSteps(Design(Stage.threeHosts), state: nil))
    #expect(steps.resources(former: "a4").isEmpty)
    let node = try #require(Design(Stage.threeRacks).node("a3"))
    #expect(!steps.resources(node).contains { $0.id == "ceph-mon:a3" && "\($0)".contains("present: false") })
  }

  @Test func minSizeIsSetWithEachSize() throws {
    var site = Stage.threeRacks
    site.survive.storage = .host
    var state = try #require(ClusterState.whole(Design(site)))
    site.storage.ceph?.pools[0].replicas = 4
    state.pools[0].minSize = 2
    let all = commands(try plan(#require(CephSteps(Design(site), state: state))))
    #expect(
      all.filter { $0.contains("size") } == [
        "osd pool set pool=vms val=4 var=size", "osd pool set pool=vms val=2 var=min_size",
      ])
  }

  @Test func aHostWhoseDiskBecomesAnotherKeepsItsBucket() throws {
    var site = Stage.threeRacks
    site.hosts[1].disks[0].path = "/dev/vdx"
    let all = commands(try plan(steps(from: Stage.threeRacks, to: site)))
    #expect(
      all.contains { $0.hasPrefix("osd purge-actual") } && !all.contains { $0.hasPrefix("osd crush rm") }, "\(all)")
  }

  @Test func whatOthersMadeIsLeftAlone() throws {
    var state = try #require(ClusterState.whole(Design(Stage.oneRack)))
    state.osds.append(
      OSDState(
        id: 9, uuid: "6c1b3a52-0d4e-4c0f-9a65-2f0c7c5f6a11", up: true, in: true, upFrom: 1, address: nil))
    state.mons["elsewhere"] = "[v2:192.0.2.1:3300,v1:192.0.2.1:6789]"
    let steps = try #require(CephSteps(Design(Stage.oneRack), state: state))
    #expect(steps.notes.count == 2)
    #expect(try !commands(plan(steps)).contains { $0.contains("id=9") || $0.contains("elsewhere") })
  }

  @Test func aSiteThatWouldLoseWhatItPromisesIsRefused() throws {
    var twoRacks = Stage.threeRacks
    twoRacks.racks.removeLast()
    twoRacks.hosts.removeAll { $0.rack == "c" }
    let refusals = try steps(from: Stage.threeRacks, to: twoRacks, former: ["c1", "c2"]).refusals
    #expect(
      refusals.contains { $0.contains("any one rack") && $0.contains("survive: { storage: host }") }, "\(refusals)")
    twoRacks.survive.storage = .host
    #expect(try steps(from: Stage.threeRacks, to: twoRacks, former: ["c1", "c2"]).refusals.isEmpty)

    var twoHosts = Stage.threeHosts
    twoHosts.hosts.removeLast()
    let fewer = try steps(from: Stage.threeHosts, to: twoHosts, former: ["a3"]).refusals
    #expect(fewer.contains { $0.contains("there are 3 monitors, and would be 1") }, "\(fewer)")
    twoHosts.survive.storage = .disk
    twoHosts.survive.control = FailureDomain.none
    twoHosts.storage.ceph?.pools[0].replicas = 2
    #expect(try steps(from: Stage.threeHosts, to: twoHosts, former: ["a3"]).refusals.isEmpty)
  }

  @Test func dataThatWouldNotFitIsRefused() throws {
    var state = try #require(ClusterState.whole(Design(Stage.threeRacks)))
    // Rack b would keep one disk of 10 GiB for a replica of everything.
    state.pools[0].stored = 9 << 30
    var shrunk = Stage.threeRacks
    shrunk.hosts.removeAll { $0.name == "b1" }
    let steps = try #require(CephSteps(Design(shrunk), state: state, former: ["b1"]))
    #expect(
      steps.refusals.contains { $0.hasPrefix("9 GiB are stored, and 8.5 GiB fit") && $0.contains("osd.4 on b1") },
      "\(steps.refusals)")
    state.pools[0].stored = 8 << 30
    #expect(try #require(CephSteps(Design(shrunk), state: state, former: ["b1"])).refusals.isEmpty)
  }

  @Test func dataThatWouldNotFitInASmallNewRackIsRefused() throws {
    var two = Stage.threeRacks
    two.hosts.removeAll { $0.name == "c2" }
    two.hosts[two.hosts.count - 1].disks[0].size = .gib(1)
    var before = two
    before.racks.removeLast()
    before.hosts.removeLast()
    before.survive.storage = .host
    var state = try #require(ClusterState.whole(Design(before)))
    state.pools[0].stored = 2 << 30
    let steps = try #require(CephSteps(Design(two), state: state))
    #expect(steps.refusals.contains { $0.contains("870.4 MiB fit") }, "\(steps.refusals)")
  }

  /// The plan for a disk of a2 whose OSD is down.
  private func plan(device: String?, _ state: ClusterState) throws -> Plan {
    let steps = try #require(CephSteps(Design(Stage.oneRack), state: state))
    let difference = Difference(resource: "ceph-osd:2", changes: [Change("device", from: device, to: "OSD 2")])
    var assembly = Assembly()
    steps.add(to: &assembly, differences: ["a2": ["ceph-osd:2": difference]], needs: [])
    return try assembly.plan(site: "stage")
  }

  @Test func onlyABlankDiskOfAnOSDThatHasBeenUpIsANewOne() throws {
    var state = try #require(ClusterState.whole(Design(Stage.oneRack)))
    state.osds[2].up = false
    // A disk that is not there may come back, with all that is on it.
    #expect(try commands(plan(device: nil, state)).isEmpty)
    // Registered by a rollout that was cut off before the OSD was made.
    state.osds[2].upFrom = 0
    #expect(try commands(plan(device: "blank", state)).isEmpty)
  }

  @Test func aNewDiskInTheOldPlaceGetsTheOldNumber() throws {
    var state = try #require(ClusterState.whole(Design(Stage.oneRack)))
    state.osds[2].up = false
    let plan = try plan(device: "blank", state)
    #expect(plan.steps.first { $0.id == "ceph/replaceable" }?.gate == .active)
    #expect(plan.steps.first { $0.id == "a2/osd.2" }?.needs.contains("ceph/replace") == true)
    let uuid = state.osds[2].uuid
    #expect(commands(plan) == ["osd destroy-actual id=2 yes_i_really_mean_it=1", "osd new id=2 uuid=\(uuid)"])
  }
}
