import ArgumentParser
import Controller
import Foundation
import Plan
import Rollout
import Store

/// A plan that must be the one that was rehearsed.
struct RehearsedOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Carry out only the plan with this digest; varde rehearse tells it, and plan and --dry-run do.",
      valueName: "digest"))
  var rehearsed: PlanDigest?

  /// Refuses a plan with another digest. What is left of a plan with this one, which was cut off, is carried out.
  ///
  /// - Throws: `ControllerError` that names both digests; `StoreError`
  func check(_ plan: Plan, _ journal: Journal) throws {
    guard let rehearsed, !plan.isEmpty else { return }
    let digest = try PlanDigest(plan)
    guard digest != rehearsed else { return }
    if let begun = try journal.unfinishedRollouts.first,
      let begunPlan = try? SavedPlan.decode(Data(begun.plan.utf8), path: "rollout \(begun.id ?? 0)"),
      try PlanDigest(begunPlan) == rehearsed, plan.isRest(of: begunPlan)
    {
      return
    }
    throw ControllerError(
      "the plan is not the one that was rehearsed: its digest is \(digest), and \(rehearsed) is demanded; nothing was "
        + "changed; rehearse again, from the site as it is now (varde rehearse --from)")
  }
}

extension PlanDigest: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}
