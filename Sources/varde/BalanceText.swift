import Crush
import Foundation
import Site

/// A balancing for people: how full the OSDs are and what pools can still take, before and after.
struct BalanceText {
  private let balancing: Balancing
  private static let pools = 12

  init(_ balancing: Balancing) { self.balancing = balancing }

  var text: String {
    let report = balancing.report
    var lines: [String] = []
    for (before, after) in zip(report.before.classes, report.after.classes) {
      lines.append("\(Self.name(before.deviceClass)): \(before.osds) OSDs")
      lines.append("              fullest  emptiest      mean  standard deviation")
      lines.append("  before " + Self.figures(before))
      lines.append("  after  " + Self.figures(after))
      if let uses = balancing.uses[before.deviceClass] { lines += Histogram(uses.before, uses.after).lines }
      lines.append("")
    }
    lines += pools(report)
    lines.append(
      "to move: \(Self.bytes(report.movedBytes)), \(report.movedShards) shards of \(report.changes) placement groups"
        + (balancing.rounds.count > 1 ? ", in \(balancing.rounds.count) rounds" : ""))
    if report.fixedGroups > 0 {
      lines.append("\(report.fixedGroups) placement groups stay where they are" + (report.fixed.isEmpty ? "" : ", as:"))
      lines += report.fixed.map { "  \($0.group): \($0.reason)" }
    }
    lines += report.stuckPools.map { "pool '\($0.pool)' stays as it is: \($0.reason)" }
    if report.isCutShort { lines.append("stopped before all was found; what is printed is whole") }
    return lines.joined(separator: "\n")
  }

  /// Those whose room changes most.
  private func pools(_ report: BalanceReport) -> [String] {
    let rooms = zip(report.before.pools, report.after.pools).map { (name: $0.pool, before: $0.bytes, after: $1.bytes) }
    let changed = rooms.filter { $0.before != $0.after }
      .sorted { abs($0.after - $0.before) > abs($1.after - $1.before) }
    guard !changed.isEmpty else { return [] }
    let width = changed.prefix(Self.pools).map(\.name.count).max() ?? 0
    var lines = ["room of each pool, until the first of its OSDs is full:"]
    lines += changed.prefix(Self.pools).map { room in
      let gain = room.after - room.before
      return "  \(room.name.padded(to: width))  \(Self.bytes(room.before)) -> \(Self.bytes(room.after))  "
        + "(\(gain < 0 ? "-" : "+")\(Self.bytes(abs(gain))))"
    }
    if changed.count > Self.pools { lines.append("  and \(changed.count - Self.pools) other pools") }
    return lines + [""]
  }

  private static func name(_ deviceClass: String) -> String { deviceClass.isEmpty ? "without a class" : deviceClass }

  private static func figures(_ use: BalanceReport.ClassUse) -> String {
    String(
      format: "%10.2f %% %7.2f %% %7.2f %% %7.3f %%", use.max * 100, use.min * 100, use.mean * 100,
      use.standardDeviation * 100)
  }

  static func bytes(_ count: Double) -> String { "\(Bytes(UInt64(max(0, count.rounded()))))" }
}
