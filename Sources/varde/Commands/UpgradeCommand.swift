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
  @OptionGroup var change: ChangeOptions

  func run() async throws {
    try await change.withController(try site.design()) { controller, journal in
      var controller = controller
      controller.cephUpgrade = to
      try await upgrade(controller, journal)
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
    let warning = "From the first monitor that runs \(to) on there is no way back to \(running)."
    try await change.carryOut(
      plan, controller, journal, observation, detail: change.yes ? .steps : .changes,
      warning: preflight.isDone ? nil : warning)
    print("\(plan.site): Ceph \(running) is now \(to).")
  }
}

extension CephRelease: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }

  public static var allValueStrings: [String] { all.map(\.series) }
}
