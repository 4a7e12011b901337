import ArgumentParser
import Ceph
import Controller
import Crush
import Design
import Foundation
import Plan
import Rollout
import Site
import Store

/// Whose placement groups a command speaks of: a site's, whose changes can be carried out, or those of any cluster.
struct UpmapOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("A site file, instead of a host or files.", valueName: "site.yaml"),
    completion: .file(extensions: ["yaml"]))
  var site: String?
  @OptionGroup var cluster: ClusterInput
  @Flag(help: "Carry it out, round after round: the next begins when all placement groups are clean. Of a site.")
  var apply = false
  @Option(help: "text, or json: commands and figures on standard output.") var format = OutputFormat.text
  @OptionGroup var change: ChangeOptions

  func validate() throws {
    guard (site != nil) != cluster.areGiven else {
      throw ValidationError("name a --site file, a --host to ask, or files: one of them")
    }
    if site == nil { try cluster.validateInput() }
    guard site != nil || !(apply || change.hosts.twin || change.yes || change.disruption.keep > 0) else {
      throw ValidationError("--apply, --twin, --yes and --keep are for a --site file")
    }
    guard !apply || format == .text else { throw ValidationError("--format json is for looking; leave out --apply") }
    guard !(apply && change.dryRun) else { throw ValidationError("--apply and --dry-run: one of them") }
  }

  /// Finds what is to be said, shows it, and carries it out where that is asked for.
  func run(_ find: (ClusterMaps) throws -> UpmapProposal) async throws {
    guard let site else {
      let maps = try await cluster.load(sshConfig: change.hosts.sshConfig)
      warn(maps)
      return try show(try find(maps), maps.map)
    }
    var change = change
    if !apply { change.dryRun = true }
    try await change.withController(try SiteOptions(file: site).design()) { [change] controller, journal in
      let maps = try await controller.clusterMaps()
      let proposal = try find(maps)
      guard apply else {
        warn(maps)
        return try show(proposal, maps.map)
      }
      for line in proposal.lines { Terminal.say(line) }
      if let reason = maps.map.upmapRefusal { throw ControllerError("nothing can be said of groups: \(reason)") }
      guard !proposal.rounds.isEmpty else {
        if proposal.isIncomplete { throw Exit.failed }
        return print("\(controller.design.site): nothing to do.")
      }
      let plan = try controller.plan(
        proposal.rounds, waitsUntilClean: proposal.waitsUntilClean, stopsManagers: maps.isBalancedByManagers,
        proving: try journal.unproven)
      try await change.carryOut(plan, controller, journal, try await controller.observe(), detail: .steps)
      if proposal.isIncomplete { throw Exit.failed }
    }
  }

  /// What is piped into a shell switches nothing off.
  private func warn(_ maps: ClusterMaps) {
    if maps.isBalancedByManagers {
      Terminal.say(
        "note: the managers' own balancer is on, and would move things back: 'ceph balancer off' comes first")
    }
    Terminal.noteStandstill(maps.map)
    if let reason = maps.map.upmapRefusal { Terminal.say("note: the monitors will refuse this: \(reason)") }
  }

  private func show(_ proposal: UpmapProposal, _ map: OSDMap) throws {
    switch format {
    case .text:
      for line in proposal.commands { print(line) }
      for line in proposal.lines { Terminal.say(line) }
    case .json: print(try Output.json(proposal.printed))
    }
    if proposal.isIncomplete { throw Exit.failed }
    if change.dryRun, site == nil, !proposal.commands.isEmpty { throw Exit.pending }
  }
}

/// What is to be said of placement groups, and what people should know of it.
struct UpmapProposal {
  var rounds: [[Balancer.Change]]
  /// Commands beside those of the rounds.
  var others: [String] = []
  /// A line each, for people.
  var lines: [String]
  /// Whether a round is over only when every placement group is clean; else when what was said stands.
  var waitsUntilClean = true
  /// Something of what was asked for cannot be done.
  var isIncomplete = false

  var commands: [String] { others + rounds.joined().map(\.line) }

  /// What of it programs read.
  struct Printed: Encodable {
    var commands: [String]
    /// The same, of each round.
    var rounds: [[String]]
    var notes: [String]
    var isWhole: Bool
  }

  var printed: Printed {
    Printed(commands: commands, rounds: rounds.map { $0.map(\.line) }, notes: lines, isWhole: !isIncomplete)
  }
}
