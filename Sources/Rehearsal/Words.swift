import Foundation
import Guarantees

/// How figures are written in every form of a report.
extension Double {
  func formatted(decimals: Int) -> String { String(format: "%.\(decimals)f", self) }

  /// `84 s`, `11 min 20 s`.
  var duration: String {
    let whole = Int(rounded())
    return whole < 120 ? "\(whole) s" : "\(whole / 60) min \(whole % 60) s"
  }

  /// Of a stall: `1.4 s`.
  var stall: String { "\(formatted(decimals: 1)) s" }
}

extension RehearsalReport.Change {
  /// `103 s, 7 % longer than foretold`.
  var timing: String {
    guard let deviation else { return measured.duration }
    let percent = Int((abs(deviation) * 100).rounded())
    let words = percent == 0 ? "as foretold" : "\(percent) % \(deviation > 0 ? "longer" : "shorter") than foretold"
    return "\(measured.duration), \(words)"
  }

  /// What the forecast knew.
  var basis: String { "\(known) of \(steps) steps are known from earlier rehearsals" }
}

extension RehearsalReport.FailureOutcome {
  /// `as predicted, all kept; longest stall 28.1 s; well after 21 s`.
  var line: String {
    var parts = [agrees ? "as predicted" : "NOT as predicted", keeps]
    if let stall = load.longestStall { parts.append("longest stall \(stall.stall)") }
    if let gap = load.longestGap { parts.append("longest silence of a flow \(gap.stall)") }
    parts.append(secondsToWell.map { "well after \($0.duration)" } ?? "NOT well: \(problems.joined(separator: "; "))")
    return parts.joined(separator: "; ")
  }

  private var keeps: String {
    let broken = verdicts.filter { !$0.isKept }.map(\.guarantee.title)
    return broken.isEmpty ? "all promises kept" : "BROKEN: \(broken.joined(separator: ", "))"
  }

  func verdict(_ guarantee: Guarantee) -> Verdict? { verdicts.first { $0.guarantee == guarantee } }
}

extension Verdict {
  /// `holds`; `BREAKS, holds predicted`.
  var words: String {
    func word(_ holds: Bool) -> String { holds ? "holds" : "BREAKS" }
    guard let observed else { return "\(word(predicted)), not seen" }
    return agrees ? word(observed) : "\(word(observed)), \(word(predicted)) predicted"
  }
}

extension LoadReport {
  /// What the writer met.
  var writing: String? {
    guard let writer, let writes, let longestStall, let wrongBlocks else { return nil }
    return "a writer on \(writer): \(writes) writes, longest stall \(longestStall.stall), "
      + (wrongBlocks == 0 ? "all read back as written" : "\(wrongBlocks) WRONG BLOCKS")
  }

  /// What the flows met.
  var flowing: String? {
    guard flows > 0 else { return nil }
    let gap = longestGap.map { "longest silence \($0.stall) (\(longestGapOf ?? ""))" } ?? "no silence"
    let lost = lostFlows.isEmpty ? "" : "; LOST: \(lostFlows.joined(separator: ", "))"
    return "\(flows) flows between hosts: \(gap)\(lost)"
  }
}

extension RehearsalReport {
  /// The guarantees that failures are asked about, in the order of reports.
  var guarantees: [Guarantee] {
    Guarantee.allCases.filter { guarantee in failures.contains { $0.verdict(guarantee) != nil } }
  }

  /// What follows from it all, in a sentence.
  public var verdict: String {
    if !change.isDone {
      return "The plan was not carried out to its end: \(change.done) of \(change.steps) steps passed."
    }
    let different = failures.filter { !$0.agrees }.map(\.component.description)
    let broken = failures.filter { !$0.verdicts.allSatisfy(\.isKept) }.map(\.component.description)
    let unwell = failures.filter { $0.secondsToWell == nil }.map(\.component.description)
    var parts: [String] = []
    if change.secondsToWell == nil { parts.append("the site was not well after the plan") }
    if (change.load?.wrongBlocks ?? 0) > 0 { parts.append("the writer read wrong blocks") }
    if !(change.load?.lostFlows ?? []).isEmpty { parts.append("flows did not go on") }
    if !different.isEmpty { parts.append("not as predicted: \(different.joined(separator: ", "))") }
    if !broken.isEmpty { parts.append("promises broken by: \(broken.joined(separator: ", "))") }
    if !unwell.isEmpty { parts.append("not well after: \(unwell.joined(separator: ", "))") }
    guard parts.isEmpty else { return parts.joined(separator: "; ").capitalizedFirst + "." }
    let count = "\(failures.count) failure\(failures.count == 1 ? "" : "s")"
    let failed = failures.isEmpty ? "No failure was tried" : "\(count) went as predicted"
    return "The plan was carried out. \(failed); every promise was kept."
  }
}

extension String {
  fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}
