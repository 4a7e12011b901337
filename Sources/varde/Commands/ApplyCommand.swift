import ArgumentParser
import Controller
import Design
import Foundation
import Guarantees
import Plan
import Rollout
import Site
import Store

struct ApplyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "apply", abstract: "Carry out what plan shows, with live progress; goes on where it was interrupted.",
    discussion: """
      Given a site file, it plans and asks before it begins. Given a saved plan and --site, it looks again, and carries
      out exactly that plan, or refuses and names what has moved since.
      """)

  @Argument(
    help: ArgumentHelp("The site file, or a saved plan (.json).", valueName: "site.yaml|plan.json"),
    completion: .file(extensions: ["yaml", "json"]))
  var input: String
  @Option(
    name: .customLong("site"), help: ArgumentHelp("The site file that a saved plan was made from.", valueName: "file"),
    completion: .file(extensions: ["yaml"]))
  var planSite: String?
  @OptionGroup var hosts: HostOptions
  @Flag(name: .shortAndLong, help: "Do not ask.") var yes = false
  @OptionGroup var disruption: DisruptionOptions
  @OptionGroup var movement: MovementOptions
  @OptionGroup var digest: RehearsedOptions

  private var isSavedPlan: Bool { input.hasSuffix(".json") }

  func validate() throws {
    if isSavedPlan, planSite == nil { throw ValidationError("a saved plan needs --site, the file it was made from") }
    if !isSavedPlan, planSite != nil { throw ValidationError("--site goes with a saved plan (.json)") }
  }

  func run() async throws {
    let file = planSite ?? input
    let saved = isSavedPlan ? try loadPlan() : nil
    let design = try SiteOptions(file: file).design()
    if let saved, saved.site != design.site {
      throw InputError(description: "\(input) is a plan for site '\(saved.site)', \(file) is site '\(design.site)'")
    }
    let lock = try SiteLock(hosts.stateDirectory(design), holder: RolloutRun.holder)
    defer { withExtendedLifetime(lock) {} }
    try await hosts.withController(design, claimedBy: RolloutRun.holder) { controller, store in
      let nodes = KnownNodes(store)
      try await apply(controller, Journal(store), saved: saved) {
        // Before anything is done there: what is begun on a node must be findable if the node leaves the site file.
        try nodes.add(Dictionary(design.nodes.map { ($0.name, "\($0.management)") }) { first, _ in first })
      }
      try nodes.remove(controller.former)
    }
  }

  /// - Parameter beginning: done when the plan is agreed to, before anything is changed
  private func apply(
    _ controller: SiteController, _ journal: Journal, saved: Plan?, beginning: () throws -> Void
  ) async throws {
    var isFirst = true
    while true {
      let observation = try await controller.observe()
      guard observation.unreachable.isEmpty else {
        for (_, reason) in observation.unreachable.sorted(by: { $0.key < $1.key }) { Terminal.say("\(reason)") }
        throw ControllerError("not all hosts can be reached (\(observation.unreachable.count)); nothing was changed")
      }
      let plan = try controller.plan(observation, proving: try journal.unproven)
      if let saved, !plan.isEmpty { try refuse(saved, unlessItIs: plan) }
      // What follows from it could not be planned before, and was rehearsed with it.
      if isFirst { try digest.check(plan, journal) }
      isFirst = false
      guard !plan.isEmpty else {
        print(PlanText(plan).text)
        return
      }
      let budget = disruption.budget(controller.design, observation)
      let forecast = try await disruption.forecast(plan, budget, controller, observation, journal)
      if saved == nil {
        Terminal.say(PlanText(plan, detail: yes ? .steps : .changes, forecast: forecast).text)
        for line in await movement.lines(controller, observation) { Terminal.say(line) }
      }
      try RolloutRun.confirm(forecast, isAgreed: yes || saved != nil)
      try beginning()
      try await RolloutRun(controller: controller, journal: journal, observation: observation, budget: budget)
        .carryOut(plan)
      // Go on with what only this could make known, such as what a cluster says that did not answer before.
      guard saved == nil, plan.moreFollows else { return }
    }
  }

  private func refuse(_ saved: Plan, unlessItIs plan: Plan) throws {
    let moved = saved.movedSteps(in: plan)
    guard !moved.isEmpty else { return }
    for line in moved { Terminal.say("moved: \(line)") }
    throw ControllerError("the world is not what \(input) was planned for; nothing was changed; plan again")
  }

  private func loadPlan() throws -> Plan {
    guard let data = FileManager.default.contents(atPath: input) else {
      throw InputError(description: "\(input): cannot be read; make one with varde plan --out")
    }
    return try SavedPlan.decode(data, path: input)
  }
}
