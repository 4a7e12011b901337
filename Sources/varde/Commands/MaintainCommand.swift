import ArgumentParser
import Controller
import Design
import Lab
import Processes
import Rollout

struct MaintainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "maintain", abstract: "Work on hosts, switches and racks while the site keeps what it promises.",
    subcommands: [MaintainRebootCommand.self, MaintainReimageCommand.self])
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

  @OptionGroup var work: MaintenanceOptions

  func run() async throws {
    let design = try work.site.design()
    // A twin's hosts have no firmware that would boot them again.
    let isTwin = work.change.hosts.twin && !work.change.dryRun
    let attendant = isTwin ? Task { try await Lab(design).existing().attend() } : nil
    defer { attendant?.cancel() }
    try await work.carryOut(.reboot, design)
  }
}

struct MaintainReimageCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reimage", abstract: "Install hosts and switches anew, as many at once as are survived; data stays.",
    discussion: """
      For each host its OSDs are stopped and marked not to be given up; your own installer is run on this machine; when
      the host is back, it gets all that the site file wants of it, and its OSDs start from their disks, which the
      installer must leave alone. A monitor's store is made anew from the other monitors. Ctrl-C pauses; the same
      command resumes, also after it was killed.

        varde maintain reimage site.yaml a2 --with 'ipmitool -H bmc-$HOST chassis bootdev pxe && …'

      The installer must let root log in by ssh, under the host key that is known here.
      """)

  @OptionGroup var work: MaintenanceOptions
  @Option(
    name: .customLong("with"),
    help: ArgumentHelp(
      "Installs a host anew, or begins to: run by sh with $HOST, its name, and $ADDRESS. A twin's hosts need none.",
      valueName: "command"))
  var installer: String?

  func validate() throws {
    guard installer != nil || work.change.hosts.twin else {
      throw ValidationError("--with must say how a host is installed anew: a command that has $HOST and $ADDRESS")
    }
  }

  func run() async throws {
    let design = try work.site.design()
    try await work.carryOut(.reimage, design) { [installer] node in
      guard let installer else { return try await Lab(design).existing().reimage(node) }
      let address = design.node(node).map { "\($0.management)" } ?? ""
      let argv = ["env", "HOST=\(node)", "ADDRESS=\(address)", "sh", "-c", installer]
      // Ctrl-C is for Varde, which lets an installation come to its end.
      try await Command(argv, isDetached: true).check()
    }
  }
}

/// What is worked on.
struct MaintenanceOptions: ParsableArguments {
  @OptionGroup var site: SiteOptions
  @Argument(help: ArgumentHelp("Hosts, switches, or racks.", valueName: "host|rack")) var names: [String]
  @OptionGroup var change: ChangeOptions

  func carryOut(_ work: Maintenance, _ design: Design, reimaging: Reimaging? = nil) async throws {
    let nodes = try names.flatMap { try members(of: $0, in: design) }
    try await change.withController(design) { controller, journal in
      let unproven = try journal.unproven
      var observation = try await controller.observe()
      // What was cut off may have taken the leading monitor down a moment ago; the others need seconds for a new one.
      let patience = ContinuousClock.now + .seconds(60)
      while case .silent = observation.cluster, unproven != nil, .now < patience {
        try await Task.sleep(for: .seconds(1))
        observation = try await controller.observe()
      }
      let plan = try await controller.plan(work, of: nodes, observation, proving: unproven)
      guard !plan.isEmpty else { return print("\(plan.site): nothing to do.") }
      try await change.carryOut(plan, controller, journal, observation, reimaging: reimaging)
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
