import ArgumentParser
import Controller
import Foundation
import Plan
import Rollout
import Store

struct PlanCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan", abstract: "Show what apply would change, where, and why; changes nothing.",
    discussion: """
      Looks at every host and engine and prints the difference to what the site file wants, as steps in their order.
      Exit code 0: nothing to do; 3: changes are pending; 1: a host could not be looked at.

        varde plan site.yaml --out plan.json     save it, have it reviewed,
        varde apply plan.json --site site.yaml   and carry out exactly that
      """)

  @OptionGroup var site: SiteOptions
  @OptionGroup var hosts: HostOptions
  @Option(help: "text or json (the saved form).") var format = OutputFormat.text
  @Option(name: .long, help: ArgumentHelp("Save the plan for varde apply.", valueName: "file"), completion: .file())
  var out: String?
  @Flag(help: "Leave out the changed lines of files.") var brief = false

  func run() async throws {
    let design = try site.design()
    let plan = try await hosts.withController(design) { controller, store in
      try controller.plan(try await controller.observe(), proving: try Journal(store).unproven)
    }
    let saved = try SavedPlan.encode(plan)
    if let out { try save(saved, to: out) }
    switch format {
    case .text: print(PlanText(plan, detail: brief ? .changes : .contents, colour: Terminal.hasColour).text)
    case .json: print(String(decoding: saved, as: UTF8.self))
    }
    if !plan.unreachable.isEmpty { throw Exit.failed }
    if !plan.isEmpty { throw Exit.pending }
  }

  func validate() throws {
    guard let out else { return }
    let folder = URL(fileURLWithPath: out).deletingLastPathComponent().path
    guard FileManager.default.isWritableFile(atPath: folder) else {
      throw ValidationError("--out: cannot write into \(folder)")
    }
  }

  /// For its owner only: it holds what stood in the hosts' files.
  private func save(_ plan: Data, to path: String) throws {
    try plan.write(to: URL(fileURLWithPath: path), options: [.atomic])
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
  }
}
