import ArgumentParser
import Foundation
import Store

struct HistoryCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "history", abstract: "List a site's rollouts; or tell one's story, step by step.",
    discussion: "varde history site.yaml 7 --output shows what the hosts printed during rollout 7.")

  @OptionGroup var site: SiteOptions
  @Argument(help: "A rollout's number.") var rollout: Int64?
  @OptionGroup var hosts: HostOptions
  @Flag(help: "With a number: what the hosts printed.") var output = false
  @Option(help: "text or json.") var format = OutputFormat.text

  func run() throws {
    let directory = try hosts.stateDirectory(site.design())
    let journal = Journal(try Store(directory))
    if let rollout { try show(rollout, journal) } else { try list(journal, SiteLock.holder(directory) != nil) }
  }

  private struct Entry: Encodable {
    var id: Int64
    var outcome: Outcome
    var startedAt: Date
    var finishedAt: Date?
    var controller: String
  }

  private func list(_ journal: Journal, _ isLocked: Bool) throws {
    let entries = try journal.rollouts().map {
      Entry(
        id: $0.id ?? 0, outcome: $0.outcome(isLocked: isLocked), startedAt: $0.startedAt, finishedAt: $0.finishedAt,
        controller: $0.controller)
    }
    switch format {
    case .json: print(try Output.json(entries))
    case .text:
      if entries.isEmpty { print("no rollout yet") }
      for entry in entries {
        let time = duration(entry.startedAt, entry.finishedAt)
        print(
          "#\(entry.id)  \(entry.outcome.rawValue)  \(entry.startedAt.formatted(.iso8601))  \(time)  \(entry.controller)"
        )
      }
    }
  }

  private func show(_ id: Int64, _ journal: Journal) throws {
    guard try journal.rollout(id) != nil else {
      throw InputError(description: "there is no rollout \(id); varde history \(site.site) lists them")
    }
    let steps = try journal.steps(of: id)
    if format == .json {
      print(try Output.json(steps))
      return
    }
    for step in steps {
      let time = duration(step.startedAt, step.finishedAt)
      print("\(step.startedAt.formatted(.iso8601))  \(step.outcome.rawValue)  \(time)  \(step.id): \(step.title)")
      if !step.message.isEmpty { print("    \(step.message)") }
      if output { for line in try journal.output(of: id, step: step.id) { print("    | \(line)") } }
    }
  }

  private func duration(_ start: Date, _ end: Date?) -> String {
    end.map { String(format: "%.1f s", $0.timeIntervalSince(start)) } ?? "-"
  }
}
