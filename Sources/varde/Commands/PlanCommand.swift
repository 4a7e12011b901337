import ArgumentParser
import Controller
import Design
import Foundation
import Hosts
import Plan
import Rollout
import Site
import Store

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show what apply would change, where, and why; changes nothing.",
    discussion: """
      Looks at every host and engine and prints the difference to what the site file wants, as steps in their order.
      Exit code 0: nothing to do; 3: changes are pending; 1: a host could not be looked at.

        varde plan site.yaml --out plan.json     save it, have it reviewed,
        varde apply plan.json --site site.yaml   and carry out exactly that

      With --fleet, many sites side by side: what a profile's change does to each of them.
      """)

  @OptionGroup var sites: FleetOptions
  @OptionGroup var hosts: HostOptions
  @Option(help: "text or json (the saved form).") var format = OutputFormat.text
  @Option(
    name: .long,
    help: ArgumentHelp(
      "Save the plan for varde apply; with --fleet, a folder for SITE.json of each site.", valueName: "file"),
    completion: .file())
  var out: String?
  @Flag(help: "Leave out the changed lines of files.") var brief = false
  @OptionGroup var disruption: DisruptionOptions
  @OptionGroup var movement: MovementOptions

  func run() async throws {
    if let folder = sites.fleet { return try await plan(fleet: folder) }
    guard let design = try sites.design() else { return }
    let (plan, forecast, moved) = try await hosts.withController(design) { controller, store in
      let (plan, observation) = try await self.plan(controller, store)
      let forecast = try await disruption.forecast(
        plan, disruption.budget(design, observation), controller, observation, Journal(store))
      let moved = plan.isEmpty || format != .text ? [] : await movement.lines(controller, observation)
      return (plan, forecast, moved)
    }
    let saved = try SavedPlan.encode(plan)
    // For its owner only: it holds what stood in the hosts' files.
    if let out { try PrivateFile.write(saved, to: out) }
    switch format {
    case .text:
      print(
        PlanText(plan, detail: brief ? .changes : .contents, colour: Terminal.hasColour, forecast: forecast).text)
      for line in moved { print(line) }
      if !plan.isEmpty { print("digest: \(try PlanDigest(plan))") }
    case .json: print(String(decoding: saved, as: UTF8.self))
    }
    if !plan.unreachable.isEmpty { throw Exit.failed }
    if !plan.isEmpty { throw Exit.pending }
  }

  private func plan(_ controller: SiteController, _ store: Store) async throws -> (Plan, Observation) {
    let observation = try await controller.observe()
    return (try controller.plan(observation, proving: try Journal(store).unproven), observation)
  }

  private func plan(fleet folder: String) async throws {
    let members = try FleetOptions.load(folder)
    // Few at once: each of them talks to many hosts.
    let planned = await members.concurrentMap(limit: 8) { await plan($0) }
    let fleet = FleetPlan(planned)
    if let out {
      for plan in planned.compactMap(\.plan) {
        try PrivateFile.write(SavedPlan.encode(plan), to: "\(out)/\(plan.site).json")
      }
    }
    switch format {
    case .text: print(FleetPlanText(fleet, isBrief: brief).text)
    case .json: print(try Output.json(fleet))
    }
    if members.contains(where: { if case .failure = $0.site { true } else { false } }) { throw Exit.invalid }
    if planned.contains(where: { $0.plan?.unreachable.isEmpty != true }) { throw Exit.failed }
    if planned.contains(where: { $0.plan?.isEmpty == false }) { throw Exit.pending }
  }

  private func plan(_ member: Fleet.Member) async -> FleetPlan.Member {
    switch member.site {
    case .failure(let problems):
      return FleetPlan.Member(file: member.file, site: nil, plan: nil, problems: problems.problems.map(\.description))
    case .success(let site):
      do {
        return FleetPlan.Member(
          file: member.file, site: site.name,
          plan: try await hosts.withController(Design(site)) { try await self.plan($0, $1).0 })
      } catch {
        return FleetPlan.Member(file: member.file, site: site.name, plan: nil, problems: ["\(site.name): \(error)"])
      }
    }
  }

  func validate() throws {
    guard let out else { return }
    let folder = sites.fleet != nil ? out : URL(fileURLWithPath: out).deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw ValidationError("--out: cannot write into \(folder)")
    }
  }
}
