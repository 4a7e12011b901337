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
  @OptionGroup var change: ChangeOptions

  func run() async throws {
    let design = try site.design()
    let nodes = try names.flatMap { try members(of: $0, in: design) }
    // A twin's hosts have no firmware that would boot them again.
    let attendant = change.hosts.twin && !change.dryRun ? Task { try await Lab(design).existing().attend() } : nil
    defer { attendant?.cancel() }
    try await change.withController(design) { controller, journal in
      let observation = try await controller.observe()
      let plan = try await controller.planReboots(of: nodes, observation, proving: try journal.unproven)
      guard !plan.isEmpty else { return print("\(plan.site): nothing to do.") }
      try await change.carryOut(plan, controller, journal, observation)
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
}
