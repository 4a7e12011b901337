import ArgumentParser
import Controller
import Design
import Guarantees
import Plan
import Rollout
import Store

/// How much may be down while a plan is carried out.
struct DisruptionOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "How many further failures, each of what the site is asked to survive, are kept in hand during the change.",
      valueName: "n"))
  var keep = 0

  func validate() throws {
    guard (0...3).contains(keep) else { throw ValidationError("--keep is 0 to 3") }
  }

  func budget(_ design: Design, _ observation: Observation) -> DisruptionBudget {
    DisruptionBudget(design, keep: keep, absent: observation.absentDaemons(of: design))
  }

  /// How the plan would be carried out, as things are now.
  ///
  /// - Throws: `StoreError`
  func forecast(
    _ plan: Plan, _ budget: DisruptionBudget, _ controller: SiteController, _ observation: Observation,
    _ journal: Journal
  ) async throws -> Forecast {
    let disrupts = plan.steps.contains { !$0.takesDown.isEmpty }
    let condition = disrupts ? await SiteGates(controller, observation).condition() : Condition(down: [])
    let time = StepTime(try journal.durations())
    return Forecast(plan, budget: budget, condition: condition, forks: controller.forks, seconds: time.seconds)
  }
}
