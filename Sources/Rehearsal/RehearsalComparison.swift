import Design
import Foundation
import Guarantees
import Site

/// Two variants of a site, rehearsed one after the other, side by side.
public struct RehearsalComparison: Sendable, Hashable, Codable {
  public var variants: [Variant]

  public struct Variant: Sendable, Hashable, Codable {
    public var file: String
    public var report: RehearsalReport

    public init(file: String, report: RehearsalReport) {
      self.file = file
      self.report = report
    }
  }

  public init(_ variants: [Variant]) { self.variants = variants }

  public var isGood: Bool { variants.allSatisfy(\.report.isGood) }

  /// A column for each variant.
  public var text: String {
    var table = TextTable([""] + variants.map(\.file))
    func row(_ name: String, _ cell: (RehearsalReport) -> String?) {
      table.add([name] + variants.map { cell($0.report) })
    }
    row("hosts") { "\($0.scale.hosts)" }
    row("switches") { "\($0.scale.switches)" }
    row("OSDs") { "\($0.scale.osds)" }
    row("raw capacity") { $0.scale.raw?.description }
    row("usable capacity") { $0.scale.usable?.description }
    row("steps") { "\($0.change.steps)" }
    row("forecast") { $0.change.forecast.duration }
    row("measured") { $0.change.measured.duration }
    row("longest stall") { Self.longest($0) { $0.longestStall } }
    row("longest silence of a flow") { Self.longest($0) { $0.longestGap } }
    row("failures tried") { "\($0.failures.count) of \($0.failuresInAll)" }
    row("failures as predicted") { report in "\(report.failures.count(where: \.agrees)) of \(report.failures.count)" }
    for guarantee in [Guarantee.storageIO, .storageData, .network, .control] {
      row("\(guarantee.title) held in") { report in
        let seen = report.failures.compactMap { $0.verdict(guarantee)?.observed }
        return seen.isEmpty ? nil : "\(seen.count { $0 }) of \(seen.count)"
      }
    }
    row("longest way back") { report in
      report.failures.compactMap(\.secondsToWell).max()?.duration
    }
    row("rehearsed in") { $0.seconds.duration }
    let verdicts = variants.map { "  \($0.file): \($0.report.verdict)\n" }.joined()
    return table.text + "\n" + verdicts
  }

  private static func longest(_ report: RehearsalReport, _ figure: (LoadReport) -> Double?) -> String? {
    let loads = [report.change.load].compactMap { $0 } + report.failures.map(\.load)
    return loads.compactMap(figure).max()?.stall
  }
}
