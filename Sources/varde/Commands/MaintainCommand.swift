import ArgumentParser
import Controller
import Design
import Guarantees
import Lab
import Plan
import Rollout
import Store

struct MaintainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "maintain", abstract: "Work on hosts, switches and racks while the site keeps what it promises.",
    subcommands: [MaintainRebootCommand.self])
}

struct MaintainRebootCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reboot", abstract: "Boot hosts and switches anew, as many at once as are survived.",
    discussion: """
      OSDs are stopped first, and marked not to be given up; a host has passed when it has booted, is routed to, and every
      placement group that it holds is whole again. What is down is waited for. Ctrl-C pauses; the same command resumes, also
      after it was killed: what has booted since is not booted once more.

        varde maintain reboot site.yaml a1 a2
        varde maintain reboot site.yaml a          all hosts and leaves of rack a
      """)

  @OptionGroup var site: SiteOptions
  @Argument(help: ArgumentHelp("Hosts, switches, or racks.", valueName: "host|rack")) var names: [String]
  @OptionGroup var hosts: HostOptions
  @Flag(name: .shortAndLong, help: "Do not ask.") var yes = false
  @Flag(name: .long, help: "Look and plan only; exit code 3 where there is something to do.") var dryRun = false
  @OptionGroup var disruption: DisruptionOptions

  func run() async throws {
    let design = try site.design()
    let nodes = try names.flatMap { try members(of: $0, in: design) }
    let lock = dryRun ? nil : try SiteLock(hosts.stateDirectory(design), holder: RolloutRun.holder)
    defer { withExtendedLifetime(lock) {} }
    // A twin's hosts have no firmware that would boot them again.
    let attendant = hosts.twin && !dryRun ? Task { try await Lab(design).existing().attend() } : nil
    defer { attendant?.cancel() }
    try await hosts.withController(design, claimedBy: dryRun ? nil : RolloutRun.holder) { controller, store in
      try await reboot(nodes, controller, Journal(store))
    }
  }

  private func members(of name: String, in design: Design) throws -> [String] {
    if design.node(name) != nil { return [name] }
    let members = design.nodes.filter { $0.rack == name }.map(\.name)
    guard !members.isEmpty else {
      throw ValidationError("\(name) is no host, switch or rack of the site")
    }
    return members
  }

  private func reboot(_ nodes: [String], _ controller: SiteController, _ journal: Journal) async throws {
    let observation = try await controller.observe()
    let plan = try await controller.planReboots(of: nodes, observation, proving: try journal.unproven)
    guard !plan.isEmpty else { return print("\(plan.site): nothing to do.") }
    let budget = disruption.budget(controller.design, observation)
    let forecast = try await disruption.forecast(plan, budget, controller, observation, journal)
    let text = PlanText(plan, colour: Terminal.hasColour, forecast: forecast).text
    guard !dryRun else {
      print(text)
      throw Exit.pending
    }
    Terminal.say(text)
    guard yes || Terminal.confirm(RolloutRun.question(forecast)) else {
      Terminal.say("varde: nothing was changed; answer y, or give --yes")
      throw Exit.failed
    }
    try await RolloutRun(controller: controller, journal: journal, observation: observation, budget: budget)
      .carryOut(plan)
  }
}
