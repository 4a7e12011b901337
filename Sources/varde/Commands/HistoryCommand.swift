import ArgumentParser
import Foundation
import Rollout
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
    let journal = Journal(try Store(lookingAt: directory))
    let isLocked = SiteLock.holder(directory) != nil
    if let rollout { try show(rollout, journal, isLocked) } else { try list(journal, isLocked) }
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

  private func show(_ id: Int64, _ journal: Journal, _ isLocked: Bool) throws {
    guard let story = try Story(id, journal, isLocked: isLocked) else {
      throw InputError(description: "there is no rollout \(id); varde history \(site.site) lists them")
    }
    if format == .json {
      print(try Output.json(story))
      return
    }
    print("#\(id)  \(story.outcome.rawValue)  \(duration(story.startedAt, story.finishedAt))")
    print("begun \(story.startedAt.formatted(.iso8601)) by \(story.controller)")
    print(story.summary)
    for step in story.steps {
      let time = duration(step.startedAt, step.finishedAt)
      print("\(step.startedAt.formatted(.iso8601))  \(step.outcome.rawValue)  \(time)  \(step.id): \(step.title)")
      if !step.message.isEmpty { print("    \(step.message)") }
      if output { for line in try journal.output(of: id, step: step.id) { print("    | \(line)") } }
    }
    if !story.notBegun.isEmpty { print("never begun: \(story.notBegun.joined(separator: ", "))") }
    if let next = story.next { print("the next one is #\(next)") }
  }

  private func duration(_ start: Date, _ end: Date?) -> String {
    end.map { String(format: "%.1f s", $0.timeIntervalSince(start)) } ?? "-"
  }
}
