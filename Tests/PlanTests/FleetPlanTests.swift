import HostProtocol
import Testing

@testable import Plan

@Suite struct FleetPlanTests {
  private func step(_ host: String, _ changes: [Change]) -> Step {
    Step(
      id: "\(host)/base", title: "base", phase: "base", action: .converge(host: host, resources: []),
      why: [Difference(resource: "sysctls:kernel", changes: changes)])
  }

  private var fleet: FleetPlan {
    let swap = Change("vm.swappiness", from: "60", to: "10")
    let own = Change("kernel.panic", from: nil, to: "5")
    return FleetPlan([
      FleetPlan.Member(
        file: "a.yaml", site: "a", plan: Plan(site: "a", steps: [step("a1", [swap]), step("a2", [swap])])),
      FleetPlan.Member(file: "b.yaml", site: "b", plan: Plan(site: "b", steps: [step("b1", [own, swap])])),
      FleetPlan.Member(file: "c.yaml", site: "c", plan: Plan(site: "c", steps: [])),
      FleetPlan.Member(file: "d.yaml", site: nil, plan: nil, problems: ["d.yaml:1:1: the file is empty"]),
    ])
  }

  @Test func whatIsTheSameInSeveralSitesIsToldOnce() {
    let changes = fleet.sharedChanges
    #expect(changes.map(\.resources) == [["kernel"], ["kernel"]])
    #expect(changes.map(\.sites) == [["a": 2, "b": 1], ["b": 1]])
  }

  @Test func resourcesThatChangeAlikeStandTogether() {
    let changes = ["a-l1", "a-l2", "s1", "s2"].map {
      Difference(resource: "interface:\($0)", changes: [Change("mtu", from: "1500", to: "9000")])
    }
    let step = Step(id: "a", title: "a", phase: "p", action: .wait, why: changes)
    let fleet = FleetPlan([FleetPlan.Member(file: "a", site: "a", plan: Plan(site: "a", steps: [step]))])
    #expect(
      FleetPlanText(fleet).text.contains("~ interface:a-l1, a-l2, s1 and 1 more mtu: 1500 → 9000\n      in a ×4\n"))
  }

  @Test func filesAreTheSameWhereTheirChangedLinesAre() {
    func plan(_ site: String, _ old: String, _ new: String) -> FleetPlan.Member {
      let change = Change("content", from: old, to: new)
      return FleetPlan.Member(file: site, site: site, plan: Plan(site: site, steps: [step(site, [change])]))
    }
    let fleet = FleetPlan([
      plan("a", "a\nmtu 1500\n", "a\nmtu 9000\n"), plan("b", "b\nb\nmtu 1500\n", "b\nb\nmtu 9000\n"),
      plan("c", "c\n1\n", "c\n2\n"),
    ])
    #expect(fleet.sharedChanges.map(\.sites) == [["a": 1, "b": 1], ["c": 1]])
    guard case .resource(_, _, let lines) = fleet.sharedChanges[0].kind else {
      Issue.record("a file is a resource")
      return
    }
    #expect(lines == ["-mtu 1500", "+mtu 9000"])
  }

  @Test func aLineASite() {
    #expect(
      FleetPlanText(fleet).text == """
          site    steps  changes  hosts  take something down
          a       2      2        2      0                    to change
          b       1      1        1      0                    to change
          c       0      0        0      0                    nothing to do
          d.yaml  –      –        –      –                    no plan, see below

        what changes, and where
          ~ sysctls:kernel vm.swappiness: 60 → 10
              in a ×2, b
          + sysctls:kernel kernel.panic: 5
              in b

        4 sites: 2 to change, 1 with nothing to do, 1 without a plan.
        d.yaml:1:1: the file is empty
        """)
  }
}
