import Design
import Guarantees
import HostProtocol
import Plan
import Site
import Testing

@testable import Ceph

/// In which order a growing cluster's pools change, and what comes before its former daemons leave.
@Suite struct PoolStepTests {
  private func plan(from old: Site, to new: Site, made osds: [(host: String, id: Int)] = []) throws -> Plan {
    let steps = try #require(CephSteps(Design(new), state: ClusterState.whole(Design(old))))
    var differences: [String: [String: Difference]] = [:]
    for (host, id) in osds {
      let resource = "ceph-osd:\(id)"
      differences[host] = [
        resource: Difference(resource: resource, changes: [Change("device", from: "blank", to: "OSD \(id)")])
      ]
    }
    var assembly = Assembly()
    steps.add(to: &assembly, differences: differences, needs: [])
    return try assembly.plan(site: "stage")
  }

  /// All that must have passed before a step begins.
  private func before(_ id: String, in plan: Plan) -> Set<String> {
    let needs = plan.steps.first { $0.id == id }?.needs ?? []
    return needs.reduce(into: Set(needs)) { $0.formUnion(before($1, in: plan)) }
  }

  @Test func poolsChangeOneAfterTheOtherCopiesBeforeGroups() throws {
    var grown = Stage.threeRacks
    grown.storage.ceph?.pools.append(Pool(name: "images", share: 5))
    let plan = try plan(from: Stage.oneVM, to: grown)
    let steps = plan.steps.filter { $0.phase == "ceph pools" }
    #expect(steps.map(\.id) == ["ceph/pool-vms", "ceph/pool-images", "ceph/groups-vms"])
    let (copies, new, groups) = (steps[0], steps[1], steps[2])
    #expect(copies.takesDown == [.pool("vms")] && groups.takesDown == [.pool("vms")])
    #expect(new.takesDown.isEmpty, "nothing lies in it yet")
    for step in steps { #expect(step.gate == .clean, "\(step.id)") }
    #expect(before("ceph/groups-vms", in: plan).contains("ceph/pool-vms"))
    for (step, words) in [(copies, ["crush_rule", "size", "min_size"]), (groups, ["pg_num"])] {
      guard case .mon(_, let commands) = step.action else {
        Issue.record("\(step)")
        return
      }
      for (command, word) in zip(commands, words) { #expect(command.command.summary.hasSuffix("var=\(word)")) }
      #expect(commands.count == words.count)
    }
  }

  @Test func aPoolThatChangesBearsNoOtherLoss() {
    let design = Design(Stage.threeRacks)
    let budget = DisruptionBudget(design)
    let osd = Component.osd(host: "b1", disk: "/dev/vdb")
    let whole = Condition(down: [])
    #expect(budget.refusal(taking: [.pool("vms")], beside: [], in: whole) == nil)
    #expect(budget.refusal(taking: [.pool("vms")], beside: [osd], in: whole) != nil)
    #expect(budget.refusal(taking: [osd], beside: [.pool("vms")], in: whole) != nil)
    #expect(budget.refusal(taking: [.pool("vms")], beside: [], in: Condition(down: [osd])) != nil)
    #expect(budget.refusal(taking: [.mon("b1")], beside: [.pool("vms")], in: whole) == nil)
    #expect(budget.downtime(of: [.pool("vms")]).isEmpty)
  }

  /// `ceph-osd` that starts in the second in which a monitor leaves the quorum may wait for it until its deadline.
  @Test func whatLeavesLeavesAfterWhatIsMadeAndStarted() throws {
    let made = [(host: "b1", id: 4), (host: "b2", id: 5), (host: "c1", id: 6), (host: "c2", id: 7)]
    let plan = try plan(from: Stage.oneRack, to: Stage.threeRacks, made: made)
    for (host, id) in made {
      #expect(before("ceph/leave-mon.a2", in: plan).contains("\(host)/osd.\(id)"), "\(host)/osd.\(id)")
    }
    #expect(before("ceph/former-keys", in: plan).contains("ceph/leave-mon.a3"))
  }

  @Test func daemonsThatAskAMonitorHaveADeadlineAndTryAgain() throws {
    let design = Design(Stage.oneRack)
    let ceph = try #require(design.ceph)
    for node in design.hosts {
      let text = CephConf(node: node, design: design, ceph: ceph, formerMons: []).text
      for section in ["mgr", "osd"] {
        let lines = try #require(text.components(separatedBy: "[\(section)]\n").dropFirst().first)
        #expect(lines.prefix { $0 != "[" }.contains("client_mount_timeout = 15\n"), "\(text)")
      }
    }
  }

  /// A host without any of the cluster's daemons only loses keyrings that it had.
  @Test func aHostOutsideTheClusterHasItsKeyringsRemoved() throws {
    var site = Stage.threeHosts
    site.hosts.append(Stage.host("r1", 99, disks: 0))
    site.hosts[3].roles = [.control]
    let design = Design(site)
    let steps = try #require(CephSteps(design, state: ClusterState.whole(design)))
    let keyring = "file:/etc/ceph/ceph.client.vms.keyring"
    let had = Difference(resource: keyring, changes: [Change("file", from: "there", to: nil)])
    var assembly = Assembly()
    steps.add(to: &assembly, differences: ["r1": [keyring: had]], needs: [])
    #expect(try assembly.plan(site: "stage").steps.map(\.id).contains("r1/clients"))
  }
}
