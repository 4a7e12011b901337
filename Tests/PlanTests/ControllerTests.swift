import Crush
import Design
import Foundation
import Guarantees
import HostProtocol
import Hosts
import Plan
import Store
import Testing

@testable import Controller

/// What a controller decides without any host.
@Suite struct ControllerTests {
  /// A controller of a site whose hosts do not answer.
  private func with<Value>(_ body: (SiteController) async throws -> Value) async throws -> Value {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("varde-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let design = Design(Stage.threeRacks)
    let sessions = Sessions(design.nodes.map { HostAddress(name: $0.name, address: $0.name) }) { host in
      throw HostError(host: host.name, message: "is off")
    }
    let store = try Store(StateDirectory(folder))
    return try await body(
      SiteController(design, former: [], sessions: sessions, store: store, forks: 4, hasWorked: false))
  }

  @Test func aGateThatNobodyAnswersForIsShut() async throws {
    let nobody = await SiteGates.answer(.clean, by: [{ _ in nil }, { _ in nil }])
    guard case .closed(let reason, _) = nobody else {
      Issue.record("a gate without an answer is open")
      return
    }
    #expect(reason.hasPrefix("no engine of this site answers for clean"), "\(reason)")
    #expect(await SiteGates.answer(.clean, by: [{ _ in nil }, { _ in .open }]) == .open)
    try await with { controller in
      let gates = SiteGates(controller, Observation())
      #expect(await gates.check(.none) == .open)
      #expect(await gates.check(.clean) != .open)
      #expect(await gates.check(.routing(nodes: ["a1"])) != .open)
    }
  }

  @Test(arguments: [true, false]) func aBalancingDoesNotEndWhatAnotherRolloutLeft(isDone: Bool) async throws {
    let begun = Step(id: "b1/osd.4", title: "restart", phase: "ceph OSDs", action: .wait, after: .wait, gate: .clean)
    let unproven = isDone ? Unproven(done: [begun.id]) : Unproven(steps: [begun.id: begun])
    let change = Balancer.Change(group: PGID(pool: 1, seed: 0), items: [])
    try await with { controller in
      for plan in [
        { try controller.plan([[change]], stopsManagers: false, proving: unproven) },
        { try controller.planUndo([change], startsManagers: false, proving: unproven) },
      ] {
        let error = #expect(throws: ControllerError.self) { try plan() }
        #expect(error?.description.contains("cut off after b1/osd.4 had begun") == true, "\(String(describing: error))")
      }
    }
  }

  /// What it has begun itself is proved again.
  @Test func aBalancingGoesOnWithItsOwn() async throws {
    let begun = Step(id: "balance/2", title: "round", phase: "balance", action: .wait, gate: .clean)
    let change = Balancer.Change(group: PGID(pool: 1, seed: 0), items: [])
    try await with { controller in
      let plan = try controller.plan([[change]], stopsManagers: false, proving: Unproven(steps: [begun.id: begun]))
      #expect(plan.steps.map(\.id).contains("balance/1"))
    }
  }
}
