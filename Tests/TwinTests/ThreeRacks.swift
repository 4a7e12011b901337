/// The twin of three racks that a suite's tests share: the first of them makes it.
struct ThreeRacks: Sendable {
  var site: TestSite
  var nodes: [TestSite.Node]
  /// `plan --format json`, before anything was changed.
  var firstPlan: Varde.Run
  var apply: Varde.Run
  /// What the process list and all environments contained while it was applied.
  var seen: Set<String>

  static let shared = Task { try await make() }

  private static func make() async throws -> ThreeRacks {
    let site = try TestSite.threeRacks()
    let up = try await site.lab("up")
    guard up.status == 0 else { throw Unmet("\(up)") }
    let firstPlan = try await site.twin("plan", "--format", "json")
    let (apply, seen) = try await ProcessSampler.during { try await site.twin("apply") }
    return ThreeRacks(site: site, nodes: try await site.nodes(), firstPlan: firstPlan, apply: apply, seen: seen)
  }

  /// Applies until there is nothing left to do.
  func mend() async throws {
    let apply = try await site.twin("apply")
    guard apply.status == 0 else { throw Unmet("\(apply)") }
    let plan = try await site.twin("plan")
    guard plan.status == 0 else { throw Unmet("\(plan)") }
  }
}
