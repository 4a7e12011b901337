import ArgumentParser
import Ceph
import Controller
import Guarantees
import Plan
import Rollout
import Store

struct UpgradeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "upgrade", abstract: "Bring an engine to another release, while the site keeps what it promises.",
    subcommands: [UpgradeCephCommand.self])
}

struct UpgradeCephCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ceph", abstract: "Upgrade a Ceph cluster: monitors, managers, OSDs, as many at once as are survived.",
    discussion: """
      Looks first for what would break, and refuses with what to do. Then it plans, asks, and goes on by itself: packages on
      all hosts, monitors one by one, managers, OSDs by failure domains, each marked not to be given up while it is down,
      and at last the release that all must have. What is down is waited for. Ctrl-C pauses; the same command resumes, also
      after it was killed. From the first monitor on there is no way back to the former release.
      """)

  @OptionGroup var site: SiteOptions
  @Option(
    help: ArgumentHelp(
      "The release to bring the cluster to: 18.2, 18 or reef. At most two releases at once.", valueName: "release"))
  var to: CephRelease
  @OptionGroup var hosts: HostOptions
  @Flag(name: .shortAndLong, help: "Do not ask.") var yes = false
  @Flag(name: .long, help: "Look and plan only; exit code 3 where there is something to do.") var dryRun = false
  @OptionGroup var disruption: DisruptionOptions

  func run() async throws {
    let design = try site.design()
    let lock = dryRun ? nil : try SiteLock(hosts.stateDirectory(design), holder: RolloutRun.holder)
    defer { withExtendedLifetime(lock) {} }
    try await hosts.withController(design, claimedBy: dryRun ? nil : RolloutRun.holder) { controller, store in
      var controller = controller
      controller.cephUpgrade = to
      try await upgrade(controller, Journal(store))
    }
  }

  private func upgrade(_ controller: SiteController, _ journal: Journal) async throws {
    let observation = try await controller.observe()
    let preflight = try await controller.cephPreflight(observation, to: to)
    guard preflight.refusals.isEmpty else {
      for reason in preflight.refusals { Terminal.say("preflight: \(reason)") }
      throw ControllerError("the cluster cannot be upgraded to \(to) as it is; nothing was changed")
    }
    let plan = try controller.planUpgrade(observation, proving: try journal.unproven)
    for note in preflight.notes { Terminal.say("preflight: \(note)") }
    let running = preflight.running.joined(separator: ", ")
    guard !plan.isEmpty else { return print("\(plan.site): nothing to do: every daemon runs \(running).") }
    let budget = disruption.budget(controller.design, observation)
    let forecast = try await disruption.forecast(plan, budget, controller, observation, journal)
    let text = PlanText(plan, detail: yes ? .steps : .changes, colour: Terminal.hasColour, forecast: forecast).text
    guard !dryRun else {
      print(text)
      throw Exit.pending
    }
    Terminal.say(text)
    if !preflight.isDone {
      Terminal.say("From the first monitor that runs \(to) on there is no way back to \(running).")
    }
    guard yes || Terminal.confirm(RolloutRun.question(forecast)) else {
      Terminal.say("varde: nothing was changed; answer y, or give --yes")
      throw Exit.failed
    }
    try await RolloutRun(controller: controller, journal: journal, observation: observation, budget: budget)
      .carryOut(plan)
    print("\(plan.site): Ceph \(running) is now \(to).")
  }
}

extension CephRelease: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }

  public static var allValueStrings: [String] { all.map(\.series) }
}
