import ArgumentParser
import Controller
import Design
import Guarantees
import Plan
import Rollout
import Store

/// How a change of a running site is looked at first, agreed to, and carried out.
struct ChangeOptions: ParsableArguments {
  @OptionGroup var hosts: HostOptions
  @Flag(name: .shortAndLong, help: "Do not ask.") var yes = false
  @Flag(name: .long, help: "Look and plan only; exit code 3 where there is something to do.") var dryRun = false
  @OptionGroup var disruption: DisruptionOptions
  @OptionGroup var digest: RehearsedOptions

  /// Does something with a site's hosts, which it claims unless it only looks.
  func withController(_ design: Design, _ body: (SiteController, Journal) async throws -> Void) async throws {
    let lock = dryRun ? nil : try SiteLock(hosts.stateDirectory(design), holder: RolloutRun.holder)
    defer { withExtendedLifetime(lock) {} }
    try await hosts.withController(design, claimedBy: dryRun ? nil : RolloutRun.holder) { controller, store in
      try await body(controller, Journal(store))
    }
  }

  /// Shows a plan, asks, and carries it out.
  ///
  /// - Parameters:
  ///   - warning: what an operator must know before the question
  ///   - reimaging: for plans that install nodes anew
  ///   - beginning: done when it is agreed to, before anything is changed
  /// - Throws: `Exit` where it is only shown, or not wanted; `ControllerError` with what failed
  func carryOut(
    _ plan: Plan, _ controller: SiteController, _ journal: Journal, _ observation: Observation,
    detail: PlanText.Detail = .contents, warning: String? = nil, reimaging: Reimaging? = nil,
    beginning: () throws -> Void = {}
  ) async throws {
    try digest.check(plan, journal)
    let budget = disruption.budget(controller.design, observation)
    let forecast = try await disruption.forecast(plan, budget, controller, observation, journal)
    let text = PlanText(plan, detail: detail, colour: Terminal.hasColour, forecast: forecast).text
    guard !dryRun else {
      print(text)
      print("digest: \(try PlanDigest(plan))")
      throw Exit.pending
    }
    Terminal.say(text)
    if let warning { Terminal.say(warning) }
    try RolloutRun.confirm(forecast, isAgreed: yes)
    try beginning()
    let run = RolloutRun(
      controller: controller, journal: journal, observation: observation, budget: budget, reimaging: reimaging)
    try await run.carryOut(plan)
  }
}
