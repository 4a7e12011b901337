import ArgumentParser
import Ceph
import Controller
import Crush
import Foundation
import Hosts
import Plan
import Rollout
import Site
import Store

struct BalanceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "balance", abstract: "Even out a Ceph cluster: by bytes, and for every pool.",
    discussion: """
      Finds pg-upmap-items for a cluster: of a site, of a monitor's host, or of its own dumps. Prints the commands of ceph on
      standard output and how the cluster stands before and after on standard error; changes nothing without --apply.

        varde balance site.yaml                         what there is to gain
        varde balance site.yaml --apply --max-bytes 10TiB
        varde balance site.yaml --undo                  takes the last balancing back
        varde balance --osd-dump osd.json --crush crush.json --pg-dump pg.json | sh

      Every placement group stays as its rule wants it. Ctrl-C while it looks ends with the best so far; while it
      applies, what runs is finished and the same command goes on.
      """)

  @Argument(help: ArgumentHelp("The site file.", valueName: "site.yaml"), completion: .file(extensions: ["yaml"]))
  var site: String?
  @OptionGroup var cluster: ClusterInput
  @Option(help: "What is to be better: room for every pool, or how evenly full OSDs are (use), with least movement.")
  var goal = Balancer.Goal.room
  @OptionGroup var pace: PaceOptions
  @OptionGroup var scope: ScopeOptions
  @Option(help: ArgumentHelp("End the search after so long, with the best so far.", valueName: "seconds"))
  var timeout: Double?
  @Flag(help: "Carry it out, round after round: the next begins when all placement groups are clean. Of a site.")
  var apply = false
  @Flag(help: "Take the last balancing of the site back.") var undo = false
  @Option(help: "text, or json: commands and report on standard output.") var format = OutputFormat.text
  @Option(help: ArgumentHelp("Draw how full the OSDs are, before and after.", valueName: "file"), completion: .file())
  var svg: String?
  @OptionGroup var change: ChangeOptions

  func validate() throws {
    guard (site != nil) != cluster.areGiven else {
      throw ValidationError("name a site file, a --host to ask, or files: one of them")
    }
    if site == nil { try cluster.validateInput() }
    guard site != nil || !(change.hosts.twin || change.yes || change.disruption.keep > 0) else {
      throw ValidationError("--twin, --yes and --keep are for a site file")
    }
    guard !(apply || undo) || (svg == nil && format == .text) else {
      throw ValidationError("--svg and --format json are for looking; leave out --apply or --undo")
    }
    guard !undo || !(pace.isGiven || scope.isGiven) else { throw ValidationError("--undo goes back in one round") }
    guard site != nil || !(apply || undo) else { throw ValidationError("--apply and --undo are for a site file") }
    guard !(apply && undo), !(apply && change.dryRun) else {
      throw ValidationError("--apply goes neither with --undo nor with --dry-run")
    }
    if let timeout, !(timeout > 0) { throw ValidationError("--timeout is more than 0 seconds") }
  }

  func run() async throws {
    if let site { return try await balance(SiteOptions(file: site)) }
    let maps = try await cluster.load(sshConfig: change.hosts.sshConfig)
    tell(ofManagers: maps)
    if let reason = maps.map.upmapRefusal { Terminal.say("note: the monitors will refuse this: \(reason)") }
    try show(try search(maps.map, maps.use))
  }

  /// - Throws: `Exit` where it was interrupted, and was to be carried out
  private func search(_ map: OSDMap, _ use: ClusterUse) throws -> Balancing {
    let interrupts = Interrupts { _, again in if again { Foundation.exit(Exit.failed.rawValue) } }
    let end = timeout.map { ContinuousClock.now + .seconds($0) }
    let threads = ProcessInfo.processInfo.activeProcessorCount
    let balancing = Balancing(
      Balancer(map, use, scope: try scope.scope(of: map), threads: threads), goal, limits: pace.limits(of: map),
      most: apply ? Self.mostRounds : 1,
      shouldStop: { interrupts.signal != nil || end.map { ContinuousClock.now > $0 } ?? false })
    // The best so far is for looking at; who stops what would change a cluster wants nothing changed.
    if apply, let signal = interrupts.signal { throw Exit.signalled(signal) }
    return balancing
  }

  /// Far more than any cluster needs; so that it ends.
  private static let mostRounds = 1000

  private func show(_ balancing: Balancing) throws {
    if let svg { try PrivateFile.write(Data(BalancePicture(balancing).svg.utf8), to: svg) }
    let lines = balancing.rounds.joined().map(\.line)
    switch format {
    case .text:
      for line in lines { print(line) }
      Terminal.say(BalanceText(balancing).text)
    case .json: print(try Output.json(Printed(commands: lines, report: balancing.report)))
    }
    // Asked for by its name, it tells pipelines; by default the exit code is that of a command that prints.
    if change.dryRun, !balancing.rounds.isEmpty { throw Exit.pending }
  }

  /// What is piped into a shell switches nothing off.
  private func tell(ofManagers maps: ClusterMaps) {
    Terminal.noteStandstill(maps.map)
    guard maps.isBalancedByManagers else { return }
    Terminal.say("note: the managers' own balancer is on, and would move things back: 'ceph balancer off' comes first")
  }

  private struct Printed: Encodable {
    var commands: [String]
    var report: BalanceReport
  }

  private func balance(_ site: SiteOptions) async throws {
    var change = change
    if !apply, !undo { change.dryRun = true }
    try await change.withController(try site.design()) { [change] controller, journal in
      let unproven = try journal.unproven
      let maps = try await controller.clusterMaps()
      let file = BalanceFile(try change.hosts.stateDirectory(controller.design))
      if undo { return try await goBack(file, maps, change, controller, journal) }
      if let reason = maps.map.upmapRefusal { throw ControllerError("nothing can be balanced: \(reason)") }
      let balancing = try search(maps.map, maps.use)
      guard apply else {
        tell(ofManagers: maps)
        return try show(balancing)
      }
      Terminal.say(BalanceText(balancing).text)
      guard !balancing.rounds.isEmpty else { return print("\(controller.design.site): nothing to balance.") }
      let observation = try await controller.observe()
      // What is being mended or moved comes first.
      if case .closed(let reason, _) = await SiteGates(controller, observation).check(.clean) {
        throw ControllerError("the cluster is not clean (\(reason)); nothing was changed: wait until it is")
      }
      let plan = try controller.plan(
        balancing.rounds, stopsManagers: maps.isBalancedByManagers, proving: unproven)
      var record = BalanceRecord(
        balancing.rounds, of: maps.map, stoppedManagers: maps.isBalancedByManagers, former: try file.read())
      try await change.carryOut(
        plan, controller, journal, observation, detail: .steps, beginning: { try file.write(record) })
      record.isWhole = true
      try file.write(record)
    }
  }

  private func goBack(
    _ file: BalanceFile, _ maps: ClusterMaps, _ change: ChangeOptions, _ controller: SiteController, _ journal: Journal
  ) async throws {
    let site = controller.design.site
    guard let record = try file.read() else {
      throw InputError(description: "\(site): nothing has been balanced here")
    }
    let changes = record.undoing(maps.map)
    if changes.count < record.entries.count {
      Terminal.say("\(record.entries.count - changes.count) placement groups stay: they are otherwise by now")
    }
    let plan = try controller.planUndo(changes, startsManagers: record.stoppedManagers, proving: try journal.unproven)
    guard !plan.isEmpty else { return print("\(site): nothing of the last balancing is left to take back.") }
    try await change.carryOut(plan, controller, journal, try await controller.observe(), detail: .steps)
    try file.remove()
  }
}

/// Where what a balancing has changed is kept.
private struct BalanceFile {
  private let path: String

  init(_ directory: StateDirectory) { path = directory.path + "/balance.json" }

  func read() throws -> BalanceRecord? {
    guard let data = FileManager.default.contents(atPath: path) else { return nil }
    do { return try JSONDecoder().decode(BalanceRecord.self, from: data) } catch {
      throw InputError(description: "\(path): is no record of a balancing; move it away to go on without it")
    }
  }

  func write(_ record: BalanceRecord) throws { try PrivateFile.write(Data(Output.json(record).utf8), to: path) }

  func remove() throws { try FileManager.default.removeItem(atPath: path) }
}

extension Balancer.Goal: ExpressibleByArgument {}
