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
    let lock = try SiteLock(hosts.stateDirectory(design), holder: Self.controller)
    defer { withExtendedLifetime(lock) {} }
    try await hosts.withController(design, claimedBy: Self.controller) { controller, store in
      // Before anything is done there: what is begun on a node must be findable if the node leaves the site file.
      let nodes = KnownNodes(store)
      try nodes.add(Dictionary(design.nodes.map { ($0.name, "\($0.management)") }) { first, _ in first })
      try await apply(controller, Journal(store), saved: saved)
      try nodes.remove(controller.former)
    }
  }

  private func apply(_ controller: SiteController, _ journal: Journal, saved: Plan?) async throws {
    while true {
      let observation = try await controller.observe()
      guard observation.unreachable.isEmpty else {
        for (_, reason) in observation.unreachable.sorted(by: { $0.key < $1.key }) { Terminal.say("\(reason)") }
        throw ControllerError("not all hosts can be reached (\(observation.unreachable.count)); nothing was changed")
      }
      let plan = try controller.plan(observation, proving: try journal.unproven)
      if let saved, !plan.isEmpty { try refuse(saved, unlessItIs: plan) }
      guard !plan.isEmpty else {
        print(PlanText(plan).text)
        return
      }
      let budget = disruption.budget(controller.design, observation)
      let forecast = try await disruption.forecast(plan, budget, controller, observation, journal)
      if saved == nil { Terminal.say(PlanText(plan, detail: yes ? .steps : .changes, forecast: forecast).text) }
      try confirm(forecast, isReviewed: saved != nil)
      try await carryOut(plan, controller, journal, observation, budget)
      // Go on with what only this could make known, such as what a cluster says that did not answer before.
      guard saved == nil, plan.moreFollows else { return }
    }
  }

  /// What cannot be survived is asked for by itself: a plan may be longer than one reads.
  private func confirm(_ forecast: Forecast, isReviewed: Bool) throws {
    let question =
      forecast.downtimes.isEmpty
      ? "Carry this out?"
      : "Carry this out, with \(forecast.downtimes.count) step\(forecast.downtimes.count == 1 ? "" : "s") of downtime?"
    guard yes || isReviewed || Terminal.confirm(question) else {
      Terminal.say("varde: nothing was changed; answer y, or give --yes")
      throw Exit.failed
    }
  }

  private func refuse(_ saved: Plan, unlessItIs plan: Plan) throws {
    let moved = saved.movedSteps(in: plan)
    guard !moved.isEmpty else { return }
    for line in moved { Terminal.say("moved: \(line)") }
    throw ControllerError("the world is not what \(input) was planned for; nothing was changed; plan again")
  }

  private func carryOut(
    _ plan: Plan, _ controller: SiteController, _ journal: Journal, _ observation: Observation,
    _ budget: DisruptionBudget
  ) async throws {
    let rollout = Rollout(
      plan, sessions: controller.sessions, gatekeeper: SiteGates(controller, observation), journal: journal,
      budget: budget, forks: controller.forks, secret: controller.secret)
    let view = ProgressView(plan)
    let interrupts = Interrupts { signal, again in
      guard again else {
        rollout.stop()
        return view.note("stopping: what runs is finished, nothing new is begun; once more to leave at once")
      }
      // The agents notice it, and end their commands.
      try? journal.interrupt(at: Date())
      Foundation.exit(Exit.signalled(signal).rawValue)
    }
    let start = ContinuousClock.now
    let animation = Task { await view.animate() }
    defer { animation.cancel() }
    let result = try await rollout.run(controller: Self.controller) { view.report($0) }
    animation.cancel()
    let phases = view.finish()
    let seconds = String(format: "%.1f", (ContinuousClock.now - start) / .seconds(1))
    if let signal = interrupts.signal, result.outcome == .interrupted || plan.moreFollows {
      Terminal.say(
        "\(plan.site): stopped: \(result.passed.count) steps done, \(result.left.count) not begun; "
          + "the same command goes on")
      throw Exit.signalled(signal)
    }
    guard result.isDone else {
      for (step, reason) in result.failures.sorted(by: { $0.key < $1.key }) { Terminal.say("\(step): \(reason)") }
      throw ControllerError(
        "steps failed: \(result.failures.count), not begun: \(result.left.count), done: \(result.passed.count); "
          + "mend what is named above and run the same command again (varde history shows the hosts' output)")
    }
    Terminal.say("where the time went:")
    for line in phases { Terminal.say(line) }
    print("\(plan.site): \(result.passed.count) steps done in \(seconds) s.")
  }

  private func loadPlan() throws -> Plan {
    guard let data = FileManager.default.contents(atPath: input) else {
      throw InputError(description: "\(input): cannot be read; make one with varde plan --out")
    }
    return try SavedPlan.decode(data, path: input)
  }

  /// Who carries the rollout out, for the journal and for a second controller.
  private static var controller: String {
    let process = ProcessInfo.processInfo
    return "\(process.userName)@\(process.hostName), process \(process.processIdentifier)"
  }
}
