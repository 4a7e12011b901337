import Design
import HostProtocol
import Plan
import Site
import Testing

@testable import Fabric

/// Three racks of three hosts and two leaves, two spines: `Examples/three-racks`, without its storage.
enum ThreeRacks {
  static let site: Site = {
    func address(_ last: UInt32) -> IPv4Address { IPv4Address(bits: 0xC612_0000 | last) }
    let names = ["a", "b", "c"]
    let racks = names.enumerated().map { index, name in
      Rack(
        name: name,
        leaves: (1...2).map { Switch(name: "\(name)-l\($0)", address: address(110 + 10 * UInt32(index) + UInt32($0))) })
    }
    let hosts = names.enumerated().flatMap { index, rack in
      (1...3).map { number in
        Host(
          name: "\(rack)\(number)", address: address(11 + 10 * UInt32(index) + UInt32(number)), rack: rack,
          disks: [Disk(path: "/dev/vdb", size: .gib(10))], memory: .gib(4))
      }
    }
    let spines = (1...2).map { Switch(name: "s\($0)", address: address(200 + UInt32($0))) }
    return Site(
      name: "test", network: Network(spines: spines), racks: racks, hosts: hosts,
      storage: Storage(ceph: CephStorage(pools: [Pool(name: "vms")])))
  }()

  static let design = Design(site)
}

@Suite struct ExpectedPathsTests {
  @Test func severalAnswersOfOneProgramAreToldApart() {
    #expect(JSONTexts.split("") == [])
    #expect(
      JSONTexts.split("{\"a\": \"}{\\\"\"}\n[\n  {\"b\": []}\n]\n") == ["{\"a\": \"}{\\\"\"}", "[\n  {\"b\": []}\n]"])
    #expect(JSONTexts.split("% no BFD\n{}[") == ["{}"])
    #expect(JSONTexts.split("}]") == [])
  }

  @Test func hostsReachOneAnotherOverBothLeaves() throws {
    let paths = ExpectedPaths(ThreeRacks.design).nextHops(from: "a1")
    #expect(paths["b2"] == 2)
    #expect(paths["a2"] == 2)
    #expect(paths["s1"] == 2)
    #expect(paths["a-l1"] == 1)
  }

  @Test func leavesReachOtherRacksOverBothSpines() throws {
    let paths = ExpectedPaths(ThreeRacks.design).nextHops(from: "a-l1")
    #expect(paths["b1"] == 2)
    #expect(paths["a1"] == 1)
    // Through the spines, never through a host that hangs on both.
    #expect(paths["a-l2"] == 2)
  }

  @Test func spinesReachEachOtherOverEveryLeaf() throws {
    #expect(ExpectedPaths(ThreeRacks.design).nextHops(from: "s1")["s2"] == 6)
  }
}

@Suite struct FRRConfigTests {
  private func config(_ name: String) throws -> String {
    try FRRConfig(#require(ThreeRacks.design.node(name)), in: ThreeRacks.design).text
  }

  @Test func hostsTellOfThemselvesOnly() throws {
    #expect(try config("a1").contains("neighbor fabric prefix-list own out"))
    #expect(try config("a-l1").contains("neighbor fabric prefix-list loopbacks out"))
  }

  @Test func everyPortIsASession() throws {
    for port in ThreeRacks.design.ports(of: "s1") {
      #expect(try config("s1").contains(" neighbor \(port.interface) interface peer-group fabric\n"))
    }
    #expect(ThreeRacks.design.ports(of: "s1").count == 6)
  }

  /// A value equal to FRR's default would come back as a change at every reload.
  @Test func defaultsAreLeftOut() throws {
    #expect(try !config("s1").contains("detect-multiplier"))
    var design = ThreeRacks.design
    design.network.bfdInterval = 100
    let spine = try #require(design.node("s1"))
    #expect(FRRConfig(spine, in: design).text.contains("  transmit-interval 100\n"))
  }
}

@Suite struct FabricHealthTests {
  /// What every node of a healthy fabric says.
  private func healthy() -> [NodeRouting] {
    let design = ThreeRacks.design
    let expected = ExpectedPaths(design)
    return design.nodes.map { node in
      let ports = design.ports(of: node.name).map(\.interface)
      var routes: [String: [String]] = [:]
      for (name, count) in expected.nextHops(from: node.name) {
        guard let loopback = design.node(name)?.loopback else { continue }
        routes["\(loopback.ipv4)"] = Array(ports.prefix(count))
        routes["\(loopback.ipv6)"] = Array(ports.prefix(count))
      }
      let up = { (state: String) in Dictionary(uniqueKeysWithValues: ports.map { ($0, state) }) }
      return NodeRouting(node: node.name, bgp: up("Established"), bfd: up("up"), routes: routes)
    }
  }

  @Test func aHealthyFabricHasNoProblem() throws {
    let health = FabricHealth(ThreeRacks.design)
    #expect(healthy().flatMap(health.problems).isEmpty)
    #expect(health.establishedSessions(healthy()) == ThreeRacks.design.links.count)
    #expect(health.fewestNextHops(healthy()) == 2)
  }

  /// FRR may call all sessions established while the kernel has lost a path: the kernel's word counts.
  @Test func aPathThatIsOnlyInFRRIsAProblem() throws {
    var routing = try #require(healthy().first { $0.node == "a1" })
    let loopback = try #require(ThreeRacks.design.node("b1")?.loopback.ipv6)
    routing.routes["\(loopback)"] = ["a-l1"]
    #expect(
      FabricHealth(ThreeRacks.design).problems(routing) == [
        .paths(node: "a1", destination: "b1", family: "IPv6", found: 1, expected: 2)
      ])
  }

  @Test func aSessionThatIsDownIsNamedByItsPeer() throws {
    var routing = try #require(healthy().first { $0.node == "s1" })
    routing.bgp["a-l1"] = "Active"
    routing.bfd["a-l1"] = nil
    #expect(
      FabricHealth(ThreeRacks.design).problems(routing) == [
        .session(node: "s1", peer: "a-l1", bgp: "Active", bfd: "not there")
      ])
  }

  @Test func whatAllSayOfOneDestinationIsOneLine() throws {
    let problems = ["a1", "a2", "a3", "b1", "b2"].flatMap { node in
      ["IPv4", "IPv6"].map {
        FabricProblem.paths(node: node, destination: "c2", family: $0, found: $0 == "IPv4" ? 1 : 0, expected: 2)
      }
    }
    #expect(
      FabricProblem.lines(problems) == [
        "paths to c2 in the kernel: a1 has 0 of 2, a2 has 0 of 2, a3 has 0 of 2, b1 has 0 of 2"
          + " and 1 more nodes have too few"
      ])
  }
}

@Suite struct FabricStepsTests {
  private func plan(_ changes: [Change], of resource: String) throws -> Plan {
    var assembly = Assembly()
    let difference = Difference(resource: resource, changes: changes)
    FabricSteps(ThreeRacks.design).add(to: &assembly, differences: ["a1": [resource: difference]]) { _ in [] }
    return try assembly.plan(site: "test", notes: [])
  }

  @Test func aNewRouterIsGatedWithAllOthers() throws {
    let plan = try plan([Change("version", from: nil, to: "any")], of: "package:frr")
    #expect(plan.steps.map(\.id) == ["a1/fabric", "fabric/converged"])
    #expect(plan.steps.first?.gate == Gate.none)
  }

  @Test func aChangedRouterMustProveItselfOrIsTakenBack() throws {
    let plan = try plan([Change("content", from: "old\n", to: "new\n")], of: "file:/etc/frr/frr.conf")
    let step = try #require(plan.steps.first)
    #expect(step.gate == .routing(nodes: ["a1"], without: []))
    #expect(step.takesDown.isEmpty)
    guard case .converge(_, let resources) = step.undo else {
      Issue.record("no undo")
      return
    }
    let file = resources.compactMap { if case .file(let file) = $0 { file } else { nil } }
      .first { $0.path == "/etc/frr/frr.conf" }
    #expect(file?.content == "old\n")
  }

  /// A node that is yet to come is not waited for by those that are there, or they would be taken back.
  @Test func whatIsThereDoesNotWaitForWhatIsNew() throws {
    var assembly = Assembly()
    let file = Difference(resource: "file:/etc/frr/frr.conf", changes: [Change("content", from: "old\n", to: "new\n")])
    let package = Difference(resource: "package:frr", changes: [Change("version", from: nil, to: "any")])
    FabricSteps(ThreeRacks.design).add(
      to: &assembly, differences: ["a-l1": [file.resource: file], "a1": [package.resource: package]]
    ) { _ in [] }
    let steps = try assembly.plan(site: "test").steps
    #expect(steps.first { $0.id == "a-l1/fabric" }?.gate == .routing(nodes: ["a-l1"], without: ["a1"]))
    let health = FabricHealth(ThreeRacks.design, without: ["a1"])
    #expect(health.expected.nextHops(from: "a-l1")["a1"] == nil)
    #expect(health.expected.nextHops(from: "a2")["b1"] == 2)
  }

  @Test func otherDaemonsTakeRoutingDown() throws {
    let plan = try plan([Change("content", from: "old\n", to: "new\n")], of: "file:/etc/frr/daemons")
    #expect(plan.steps.first?.takesDown == [.routing("a1")])
  }
}

@Suite struct FabricDaemonsTests {
  /// With its own 20 s, watchfrr on a busy host leaves daemons without their configuration.
  @Test func aSlowStartIsGivenItsTime() { #expect(Fabric.daemons.contains("watchfrr_options=\"-T 60\"\n")) }
}
