import Design
import HostProtocol
import Testing

@testable import Ceph
@testable import Plan

@Suite struct CephReleaseTests {
  @Test func aReleaseHasThreeNames() throws {
    for words in ["18.2", "18", "reef", "Reef"] { #expect(CephRelease(words)?.suite == "trixie") }
    #expect(CephRelease("18.1") == nil && CephRelease("") == nil)
    #expect(CephRelease(version: ClusterState.pacific)?.series == "16.2")
    #expect(CephRelease(version: "ceph version Development (no_version) reef (dev)") == nil)
  }

  @Test func aPathTakesTwoReleasesAtMost() throws {
    func path(_ from: String, _ to: String) throws -> [String] {
      try #require(CephRelease(from)).path(to: #require(CephRelease(to))).map(\.series)
    }
    #expect(try path("16.2", "18.2") == ["18.2"])
    #expect(try path("16.2", "17.2") == ["17.2"])
    #expect(try path("16.2", "20.2") == ["18.2", "20.2"])
    #expect(try path("14.2", "20.2") == ["16.2", "18.2", "20.2"])
    #expect(try path("18.2", "18.2") == [] && path("18.2", "16.2") == [])
  }
}

@Suite struct UpgradePreflightTests {
  private func preflight(
    _ facts: UpgradeFacts = UpgradeFacts(), to goal: String = "18.2", change: (inout ClusterState) -> Void = { _ in }
  ) throws -> UpgradePreflight {
    var state = try #require(ClusterState.whole(ThreeRacks.design))
    change(&state)
    return UpgradePreflight(to: try #require(CephRelease(goal)), state, facts)
  }

  private func refusal(_ facts: UpgradeFacts) throws -> String {
    try preflight(facts).refusals.joined(separator: "; ")
  }

  @Test func aHealthyClusterMayBeUpgraded() throws {
    #expect(try preflight().refusals == [] && preflight().notes == [] && !preflight().isDone)
    #expect(try preflight().running == ["16.2.15"])
  }

  @Test func whatWouldBreakIsNamedWithItsRemedy() throws {
    #expect(try refusal(UpgradeFacts(flags: ["noup"])).contains("ceph osd unset noup"))
    #expect(try refusal(UpgradeFacts(flags: ["pauserd", "pausewr"])).contains("ceph osd unset pause"))
    let full = UpgradeFacts.Check(isError: false, message: "1 nearfull osd(s)")
    #expect(
      try refusal(UpgradeFacts(checks: ["OSD_NEARFULL": full])) == "1 nearfull osd(s) (OSD_NEARFULL): free space first")
    let damage = UpgradeFacts.Check(isError: true, message: "a thing is broken")
    #expect(try refusal(UpgradeFacts(checks: ["NEWS": damage])).contains("a thing is broken (NEWS)"))
    #expect(try refusal(UpgradeFacts(fileStores: [3])).contains("osd.3 keeps its data in a FileStore"))
    #expect(try refusal(UpgradeFacts(levelDBs: ["b1"])).contains("mon.b1 keeps its data in a LevelDB"))
    #expect(try refusal(UpgradeFacts(bcrypts: ["a1": "4.2.0-2.1", "b1": "3.2.2-1"])).contains("mgr.a1 would load no"))
  }

  @Test func optionsThatDoNothingAnyMoreAreNamed() throws {
    let preflight = try preflight { state in
      state.config.append(ConfigOption(section: "osd", name: "osd_mclock_cost_per_io_usec", value: "5"))
    }
    #expect(preflight.refusals == [])
    #expect(preflight.notes.count == 1 && preflight.notes[0].contains("ceph config rm osd osd_mclock_cost_per_io_usec"))
  }

  @Test func whatIsWrongInTheMiddleDoesNotStopIt() throws {
    let damage = UpgradeFacts.Check(isError: true, message: "a thing is broken")
    let middle = try preflight(UpgradeFacts(checks: ["NEWS": damage])) { $0.versions["mon"] = [ClusterState.reef: 3] }
    #expect(middle.refusals == [] && middle.notes == ["a thing is broken (NEWS): mend it first"])
  }

  @Test func anOSDThatIsGoneIsNamed() throws {
    let preflight = try preflight { state in
      state.osds[4].up = false
      state.osds[4].in = false
    }
    #expect(preflight.notes.count == 1 && preflight.notes[0].contains("osd.4 is down and out"))
  }

  @Test func whatIsDownIsWaitedFor() throws {
    let down = UpgradeFacts.Check(isError: false, message: "1 host (1 osds) down")
    let preflight = try preflight(UpgradeFacts(flags: ["noout"], checks: ["OSD_HOST_DOWN": down]))
    #expect(preflight.refusals == [])
    #expect(preflight.notes.count == 2 && preflight.notes[0].contains("1 host (1 osds) down"), "\(preflight.notes)")
  }

  @Test func wrongWaysAreRefused() throws {
    #expect(try preflight(to: "20.2").refusals.first?.contains("upgrade --to 18.2, then 20.2") == true)
    func running(_ version: String) -> (inout ClusterState) -> Void { { $0.versions["mon"] = [version: 3] } }
    #expect(
      try preflight(to: "17.2", change: running(ClusterState.reef)).refusals.first?.contains("no way back") == true)
    // Half-way, the same goal is the only way.
    #expect(try preflight(change: running(ClusterState.reef)).refusals == [])
    #expect(try preflight(to: "20.2", change: running(ClusterState.reef)).refusals.first?.contains("--to 18.2") == true)
    #expect(try preflight { $0.required = nil }.refusals.count == 1)
  }
}

@Suite struct CephUpgradeTests {
  private let design = ThreeRacks.design

  /// - Parameter differing: hosts whose packages are of the old release; nobody knows yet that daemons will be older
  private func plan(
    differing: [String]? = nil, hidden: Set<String> = [], _ change: (inout ClusterState) -> Void = { _ in }
  ) throws -> Plan {
    var state = try #require(ClusterState.whole(design))
    change(&state)
    let steps = try #require(CephSteps(design, state: state, upgradingTo: CephRelease("18.2")))
    var differences: [String: [String: Difference]] = [:]
    for node in design.hosts where !hidden.contains(node.name) && differing?.contains(node.name) ?? true {
      for resource in steps.resources(node) {
        switch resource {
        case .package:
          differences[node.name, default: [:]][resource.id] = Difference(
            resource: resource.id, changes: [Change("version", from: "16.2.15", to: "18.2 (trixie)")])
        default: break
        }
      }
    }
    var assembly = Assembly()
    steps.add(to: &assembly, differences: differences, waitingFor: hidden, needs: [])
    return try assembly.plan(site: "test")
  }

  /// All that must have passed before a step.
  private func before(_ id: String, in plan: Plan) -> Set<String> {
    var found: Set<String> = []
    var open = [id]
    while let next = open.popLast() {
      for need in plan.steps.first(where: { $0.id == next })?.needs ?? [] where found.insert(need).inserted {
        open.append(need)
      }
    }
    return found
  }

  @Test func monitorsComeFirstThenManagersThenOSDsThenTheEnd() throws {
    let plan = try plan()
    #expect(plan.defects == [])
    let mon = before("\(design.ceph?.mons[1] ?? "")/mon", in: plan)
    #expect(mon.contains { $0.hasSuffix("/ceph") } && !mon.contains { $0.hasSuffix("/mgr") || $0.contains("/osd.") })
    let osd = before("a1/osd.0", in: plan)
    #expect(osd.isSuperset(of: ["ceph/monitors-18.2", "ceph/modules", "ceph/managers-18.2"]))
    #expect(!osd.contains { $0.contains("/osd.") })
    let last = before("ceph/require-reef", in: plan)
    #expect(last.count { $0.contains("/osd.") } == 9 && last.contains("ceph/osds-18.2"))
    #expect(plan.steps.last?.id == "ceph/healthy" && plan.steps.last?.needs.contains("ceph/require-reef") == true)
  }

  @Test func anOSDIsMarkedForItsOwnTimeOnly() throws {
    let step = try #require(plan().steps.first { $0.id == "a1/osd.0" })
    #expect(step.takesDown == [.osd(host: "a1", disk: "/dev/vdb")])
    #expect(step.gate == .osdRestarted(id: 0, after: 1, release: "18.2"))
    guard case .mon(_, let set)? = step.before, case .mon(_, let unset)? = step.after else {
      Issue.record("\(step)")
      return
    }
    #expect(set.map(\.command.summary) == ["osd set-group flags=noout who=osd.0"])
    #expect(unset.map(\.command.summary) == ["osd unset-group flags=noout who=osd.0"])
  }

  @Test func whatIsCutOffTakesItsMarkAway() throws {
    let begun = try #require(plan().steps.first { $0.id == "a1/osd.0" })
    let proof = try #require(Unproven(steps: [begun.id: begun]).proof(of: begun.id, in: begun.phase))
    #expect(proof.action == .wait && proof.before == nil && proof.after == begun.after && proof.gate == begun.gate)
  }

  @Test func aHostThatIsOffIsWaitedForAndNobodyElseIs() throws {
    let plan = try plan(hidden: ["a2"])
    #expect(plan.defects == [])
    let own = plan.steps.filter { $0.id.hasPrefix("a2/") }
    #expect(own.map(\.id).contains("a2/returns"))
    for step in own where step.id != "a2/returns" {
      #expect(before(step.id, in: plan).contains("a2/returns"), "\(step.id)")
    }
    for step in plan.steps
    where !step.id.hasPrefix("a2/")
      && !["ceph/osds-18.2", "ceph/require-reef", "ceph/rules", "ceph/healthy"].contains(step.id)
    {
      #expect(!before(step.id, in: plan).contains("a2/returns"), "\(step.id)")
    }
    #expect(own.contains { $0.takesDown == [.osd(host: "a2", disk: "/dev/vdb")] })
  }

  /// `apply` after an upgrade that was cut off: what is new already makes the rest follow.
  @Test func anUpgradeThatIsUnderWayGoesOnByItself() throws {
    var state = try #require(ClusterState.whole(design))
    state.versions["mon"] = [ClusterState.reef: 3]
    let steps = try #require(CephSteps(design, state: state))
    #expect(steps.goal == CephRelease("18.2"))
    let packages = steps.resources(design.hosts[0]).compactMap { resource -> PackageResource? in
      if case .package(let package) = resource { package } else { nil }
    }
    #expect(packages.allSatisfy { $0.atLeast == "18.2" && $0.suite == "trixie" })
  }

  @Test func aClusterThatIsDoneNeedsNothing() throws {
    let plan = try plan(differing: []) { state in
      state.required = CephRelease("18.2")
      state.modules = ["iostat"]
    }
    #expect(plan.isEmpty)
  }
}

@Suite struct MaintenanceTests {
  @Test func aHostWithDaemonsStopsAndMarksItsOSDs() throws {
    let design = ThreeRacks.design
    let steps = try #require(CephSteps(design, state: .whole(design)))
    let host = try #require(design.hosts.first { $0.name == "a1" })
    let reboot = try #require(steps.reboot(of: host))
    #expect(reboot.units == ["ceph-osd@0.service", "ceph-mgr@a1.service"])
    #expect(reboot.lastly == LastStop(when: .active, units: ["ceph-mon@a1.service"]), "when nothing waits for its OSDs")
    guard case .mon(_, let set)? = reboot.before, case .mon(_, let unset)? = reboot.after else {
      Issue.record("\(reboot)")
      return
    }
    #expect(set.map(\.command.summary) == ["osd set-group flags=noout who=osd.0"])
    #expect(unset.map(\.command.summary) == ["osd unset-group flags=noout who=osd.0"])
    #expect(reboot.gates.contains(.osdRestarted(id: 0, after: 1)))
    #expect(reboot.gates.contains { if case .monRestarted("a1", _) = $0 { true } else { false } })
  }

  @Test func aSwitchHasNoneOfItsDaemons() throws {
    let design = ThreeRacks.design
    let steps = try #require(CephSteps(design, state: .whole(design)))
    let leaf = try #require(design.nodes.first { $0.name == "a-l1" })
    #expect(steps.reboot(of: leaf) == nil)
  }
}
