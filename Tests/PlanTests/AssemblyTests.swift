import Guarantees
import HostProtocol
import TestSupport
import Testing

@testable import Plan

@Suite struct AssemblyTests {
  private let change = ["file:/x": Difference(resource: "file:/x", changes: [Change("content", from: "a", to: "b")])]
  private let resources: [Resource] = [.file(FileResource("/x", content: "b"))]

  @Test func whatDoesNotDifferIsNoStep() throws {
    var assembly = Assembly()
    assembly.converge("a/one", title: "", phase: "p", host: "a", resources: resources, differences: [:])
    assembly.wait("all", title: "", phase: "p", needs: ["a/one"], gate: .healthy)
    #expect(try assembly.plan(site: "s", notes: []).isEmpty)
  }

  @Test func aStepInheritsTheNeedsOfWhatIsLeftOut() throws {
    var assembly = Assembly()
    assembly.converge("a/one", title: "", phase: "p", host: "a", resources: resources, differences: change)
    assembly.converge(
      "a/two", title: "", phase: "p", host: "a", resources: resources, differences: [:], needs: ["a/one"])
    assembly.converge(
      "a/three", title: "", phase: "p", host: "a", resources: resources, differences: change, needs: ["a/two"])
    assembly.wait("all", title: "", phase: "p", needs: ["a/two", "a/three"], gate: .healthy)
    let plan = try assembly.plan(site: "s", notes: [])
    #expect(plan.steps.map(\.id) == ["a/one", "a/three", "all"])
    #expect(plan.steps.map(\.needs) == [[], ["a/one"], ["a/one", "a/three"]])
    #expect(plan.defects.isEmpty)
  }
}

extension AssemblyTests {
  /// A rollout would wait for it for ever, and nobody would have been told.
  @Test(arguments: [true, false]) func aNeedThatIsNoStepIsAnErrorBeforeAPlanIsShown(isNeeded: Bool) throws {
    var assembly = Assembly()
    assembly.converge(
      "a/one", title: "", phase: "p", host: "a", resources: resources, differences: isNeeded ? change : [:],
      needs: ["a/nothing"])
    let error = #expect(throws: UnsoundPlan.self) { try assembly.plan(site: "s") }
    #expect(error?.defects.first == "step a/one needs a/nothing, which is no step")
  }

  @Test func aStepThatStandsTwiceIsAnError() throws {
    var assembly = Assembly()
    for _ in 0..<2 { assembly.add(Step(id: "a", title: "", phase: "p", action: .wait)) }
    #expect(throws: UnsoundPlan.self) { try assembly.plan(site: "s") }
  }
}

@Suite struct PlanDefectTests {
  private func step(_ id: String, _ needs: [String] = []) -> Step {
    Step(id: id, title: id, phase: "p", needs: needs, action: .wait)
  }

  @Test func circlesStrangersAndTwinsAreNamed() throws {
    #expect(Plan(site: "s", steps: [step("a", ["b"]), step("b", ["a"])]).defects.first?.contains("circle") == true)
    #expect(Plan(site: "s", steps: [step("a", ["x"])]).defects == ["step a needs x, which is no step"])
    #expect(Plan(site: "s", steps: [step("a"), step("a")]).defects.contains("step a stands twice"))
  }

  @Test func movedStepsAreNamed() throws {
    let saved = Plan(site: "s", steps: [step("gone"), step("same"), step("changed")])
    var changed = step("changed")
    changed.title = "other"
    let now = Plan(site: "s", steps: [step("same"), changed, step("come")])
    #expect(
      saved.movedSteps(in: now) == [
        "gone: no longer needed", "come: needed now, not in the saved plan",
        "changed: would wait for, need or take down something else now",
      ])
  }
}

@Suite struct MovedStepTests {
  private func step(_ content: String, from: String?) -> Step {
    Step(
      id: "a1/base", title: "base", phase: "p",
      action: .converge(host: "a1", resources: [.file(FileResource("/etc/x", content: content))]),
      why: [Difference(resource: "file:/etc/x", changes: [Change("mode", from: from, to: "0644")])])
  }

  @Test func whatIsObservedOtherwiseIsNamedByResourceAndAttribute() throws {
    #expect(step("x", from: "0600").moves(to: step("x", from: "0640")) == ["a1/base: file:/etc/x mode is 0640 now"])
    #expect(step("x", from: "0600").moves(to: step("x", from: nil)) == ["a1/base: file:/etc/x mode is missing now"])
  }

  @Test func anotherWishIsNamedByItsStep() throws {
    #expect(step("x", from: "0600").moves(to: step("y", from: "0600")) == ["a1/base: would do something else now"])
  }
}

@Suite struct UnprovenTests {
  private let change = ["file:/x": Difference(resource: "file:/x", changes: [Change("content", from: "a", to: "b")])]

  private func assembly(_ differences: [String: Difference]) -> Assembly {
    var assembly = Assembly()
    assembly.converge(
      "a/routing", title: "start routing on a", phase: "p", host: "a",
      resources: [.file(FileResource("/x", content: "b"))], differences: differences, gate: .quorum(mons: ["a"])
    ) { $0.undo = .converge(host: "a", resources: [.file(FileResource("/x", content: "a"))]) }
    assembly.wait("all", title: "", phase: "p", needs: ["a/routing"], gate: .healthy)
    return assembly
  }

  @Test func whatWasCutOffAfterItsChangeIsProvedAndCanBeTakenBack() throws {
    let begun = try #require(assembly(change).plan(site: "s").steps.first)
    let plan = try assembly([:]).plan(site: "s", proving: Unproven(steps: [begun.id: begun]))
    #expect(plan.steps.map(\.id) == ["a/routing", "all"])
    #expect(plan.steps[0].action == .wait)
    #expect(plan.steps[0].gate == begun.gate && plan.steps[0].undo == begun.undo)
    #expect(plan.steps[1].needs == ["a/routing"])
  }

  /// A controller that is killed again while it only asks for the gate.
  @Test func aProofThatWasCutOffIsProvedAgain() throws {
    var begun = try #require(assembly(change).plan(site: "s").steps.first)
    begun.takesDown = [.routing("a")]
    let proof = try assembly([:]).plan(site: "s", proving: Unproven(steps: [begun.id: begun])).steps[0]
    #expect(proof.takesDown == begun.takesDown, "it may be down until it is proved")
    #expect(try assembly([:]).plan(site: "s", proving: Unproven(steps: [proof.id: proof])).steps[0] == proof)
  }

  @Test func afterAnUnfinishedRolloutEveryWaitIsAskedAgain() throws {
    #expect(try assembly([:]).plan(site: "s", proving: Unproven()).steps.map(\.id) == ["all"])
    #expect(try assembly([:]).plan(site: "s").isEmpty)
  }

  @Test func whatHasToBeDoneAgainIsDoneAgain() throws {
    let begun = try assembly(change).plan(site: "s").steps[0]
    let plan = try assembly(change).plan(site: "s", proving: Unproven(steps: [begun.id: begun]))
    #expect(plan.steps[0] == begun)
  }
}

@Suite struct ScheduleTests {
  private func step(_ id: String, _ needs: [String] = [], down: Bool = false) -> Step {
    Step(id: id, title: id, phase: "p", needs: needs, action: .wait, takesDown: down ? [.node(id)] : [])
  }

  private func ready(
    _ schedule: Schedule, passed: Set<String> = [], running: [String] = [], busy: Set<String> = [], room: Int
  ) -> [String] {
    let steps = schedule.plan.steps.filter { running.contains($0.id) }
    return schedule.ready(passed: passed, running: steps, busy: busy, in: Condition(down: []), room: room).steps.map(
      \.id)
  }

  @Test func withoutABudgetDisruptingStepsRunOneAtATime() throws {
    let schedule = Schedule(Plan(site: "s", steps: [step("a", down: true), step("b", down: true), step("c")]))
    #expect(ready(schedule, room: 9) == ["a", "c"])
    #expect(ready(schedule, passed: ["c"], running: ["a"], room: 9).isEmpty)
    #expect(ready(schedule, passed: ["a", "c"], room: 9) == ["b"])
  }

  @Test func aHostThatIsBeingChangedTakesNoRoom() throws {
    func converge(_ id: String, on host: String) -> Step {
      Step(id: id, title: id, phase: "p", action: .converge(host: host, resources: []))
    }
    let steps = (1...3).map { converge("a/\($0)", on: "a") } + [converge("b/1", on: "b"), step("wait")]
    let schedule = Schedule(Plan(site: "s", steps: steps))
    #expect(ready(schedule, room: 3) == ["a/1", "b/1", "wait"])
    #expect(ready(schedule, running: ["a/1"], busy: ["a"], room: 3) == ["b/1", "wait"])
    // Its action is done, its gate is not open yet.
    #expect(ready(schedule, running: ["a/1"], room: 1) == ["a/2"])
  }

  @Test func roomIsKept() throws {
    let schedule = Schedule(Plan(site: "s", steps: (0..<5).map { step("\($0)") }))
    #expect(ready(schedule, room: 2).count == 2)
    #expect(ready(schedule, room: 0).isEmpty)
  }

  /// Random plans, run by hand: every step runs once, after its needs, and never two disrupting ones together.
  @Test(arguments: 0..<200) func everyPlanRunsToItsEnd(seed: UInt64) throws {
    var random = SplitMix64(seed)
    let steps = (0..<30).map { index in
      let needs = (0..<index).filter { _ in Int.random(in: 0..<8, using: &random) == 0 }.map { "\($0)" }
      return step("\(index)", needs, down: Bool.random(using: &random))
    }
    let schedule = Schedule(Plan(site: "s", steps: steps))
    var passed: Set<String> = []
    var running: [Step] = []
    while passed.count < steps.count {
      let ready = schedule.ready(passed: passed, running: running, in: nil, room: 4 - running.count).steps
      #expect(ready.allSatisfy { passed.isSuperset(of: $0.needs) })
      running += ready
      #expect(running.count { !$0.takesDown.isEmpty } <= 1)
      guard let index = running.indices.randomElement(using: &random) else {
        Issue.record("stuck after \(passed.count) steps")
        return
      }
      #expect(passed.insert(running.remove(at: index).id).inserted)
    }
  }
}
