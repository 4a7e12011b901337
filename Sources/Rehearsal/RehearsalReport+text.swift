import Design
import Guarantees

extension RehearsalReport {
  /// As a person reads it.
  public var text: String {
    var text = "\(site): \(title), rehearsed on a twin in \(seconds.duration), from \(start)\n"
    if let digest { text += "  digest    \(digest)\n" }
    text += "\nThe plan\n" + plan
    if !change.phases.isEmpty { text += "\n" + phases }
    if let load = change.load {
      text += "\nUnder load meanwhile\n"
      text += [load.writing, load.flowing].compactMap { $0 }.map { "  \($0)\n" }.joined()
    }
    if !failures.isEmpty {
      text += "\nFailures after it: \(failures.count) of \(failuresInAll), which are \(failureClasses) that differ\n"
      text += table + differences
    }
    return text + "\n\(verdict)\n"
  }

  private var plan: String {
    var lines = ["  steps     \(change.done) of \(change.steps) passed"]
    lines.append("  forecast  \(change.forecast.duration) (\(change.basis))")
    lines.append("  measured  \(change.timing)")
    lines += change.downtimes.map { "  downtime  \($0)" }
    lines += change.failures.sorted { $0.key < $1.key }.map { "  FAILED    \($0.key): \($0.value)" }
    if let well = change.secondsToWell {
      lines.append("  well      \(well.duration) after its last step")
    } else {
      lines += change.problems.map { "  NOT WELL  \($0)" }
    }
    return lines.map { "\($0)\n" }.joined()
  }

  private var phases: String {
    var table = TextTable("phase", "steps", "begun", "forecast", "measured")
    for phase in change.phases {
      table.add(
        phase.name, "\(phase.steps)", "\(phase.begun.formatted(decimals: 1)) s",
        "\(phase.forecast.formatted(decimals: 1)) s", "\(phase.measured.formatted(decimals: 1)) s")
    }
    return table.text
  }

  private var table: String {
    let guarantees = guarantees
    var table = TextTable(
      ["down", "alike"] + guarantees.map(\.title) + ["stall", "flow silent", "lasted", "well after"])
    for failure in failures {
      let cells = guarantees.map { failure.verdict($0)?.words }
      table.add(
        [failure.component.description, "\(failure.alike)"] + cells + [
          failure.load.longestStall?.stall, failure.load.longestGap?.stall, failure.seconds.duration,
          failure.secondsToWell?.duration ?? "NOT WELL",
        ])
    }
    return table.text
  }

  /// What was otherwise than predicted, or broken, with what was seen.
  private var differences: String {
    let lines = failures.flatMap { failure in
      failure.verdicts.filter { !$0.agrees || !$0.isKept }.map { verdict in
        "  \(failure.component), \(verdict.guarantee.title): predicted: \(verdict.reason); "
          + "seen: \(verdict.evidence ?? "nothing")\n"
      } + failure.problems.map { "  \(failure.component): not well after it: \($0)\n" }
    }
    return lines.isEmpty ? "" : "\n" + lines.joined()
  }
}
