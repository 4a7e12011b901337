import HostProtocol

/// A plan as a person reads it: what will change, where and why, and what is down meanwhile.
public struct PlanText: Sendable {
  /// How much is told of each step.
  public enum Detail: Sendable {
    /// Its title and what it takes down.
    case steps
    /// What differs, too.
    case changes
    /// The changed lines of files, too.
    case contents
  }

  public var plan: Plan
  public var detail: Detail
  /// Whether additions and removals are coloured.
  public var colour: Bool
  /// How it would be carried out; `nil`: that is left out.
  public var forecast: Forecast?

  public init(_ plan: Plan, detail: Detail = .contents, colour: Bool = false, forecast: Forecast? = nil) {
    self.plan = plan
    self.detail = detail
    self.colour = colour
    self.forecast = forecast
  }

  public var text: String {
    guard !plan.isEmpty else { return ([nothing] + notes).joined(separator: "\n") }
    var lines: [String] = []
    for phase in plan.phases {
      lines.append("\(phase)")
      for step in plan.steps where step.phase == phase { lines += describe(step) }
      lines.append("")
    }
    return (lines + waves + [summary] + notes).joined(separator: "\n")
  }

  private var nothing: String {
    plan.unreachable.isEmpty
      ? "\(plan.site): nothing to do: what is observed is what is desired."
      : "\(plan.site): nothing to do on the hosts that answer."
  }

  private var summary: String {
    let hosts = Set(plan.steps.compactMap(\.host))
    let disrupting = plan.steps.count { !$0.takesDown.isEmpty }
    let waves = forecast.map { " in \(count($0.waves.count, "wave"))" } ?? ""
    let disruption =
      disrupting == 0 ? "nothing is taken down" : "\(count(disrupting, "step")) take something down\(waves)"
    let time = forecast.map { "; about \(Self.time($0.seconds))" } ?? ""
    let changes =
      plan.changes == 0 && plan.monCommands > 0
      ? "\(count(plan.monCommands, "command")) to the monitors"
      : "\(count(plan.changes, "change")) on \(count(hosts.count, "host"))"
    return "\(plan.site): \(count(plan.steps.count, "step")), \(changes); \(disruption)\(time)."
  }

  /// What is down together, and what cannot be survived.
  private var waves: [String] {
    guard let forecast, !forecast.waves.isEmpty || forecast.held != nil else { return [] }
    var lines = ["waves"]
    for (number, wave) in forecast.waves.enumerated() {
      let down = wave.takesDown.map(\.description)
      let shown = down.prefix(8).joined(separator: ", ") + (down.count > 8 ? " and \(down.count - 8) more" : "")
      lines.append("  \(number + 1): after \(Self.time(wave.start)), for about \(Self.time(wave.seconds)): \(shown)")
    }
    for downtime in forecast.downtimes {
      let broken = downtime.broken.map { "\($0.guarantee.title) (\($0.why))" }.joined(separator: ", ")
      lines.append("  DOWNTIME of about \(Self.time(downtime.seconds)) in \(downtime.step): \(broken)")
    }
    if let held = forecast.held { lines.append("  as things are now, \(held)") }
    return lines + [""]
  }

  static func time(_ seconds: Double) -> String {
    seconds < 90 ? "\(Int(seconds.rounded())) s" : "\(Int((seconds / 60).rounded())) min"
  }

  private var notes: [String] {
    plan.notes.map { "note: \($0)" }
      + plan.unreachable.sorted { $0.key < $1.key }.map { "cannot be reached: \($0.value)" }
  }

  private func describe(_ step: Step) -> [String] {
    var lines = ["  \(step.id): \(step.title)"]
    if !step.takesDown.isEmpty {
      lines.append("      down meanwhile: \(step.takesDown.map(\.description).joined(separator: ", "))")
    }
    guard detail != .steps else { return lines }
    for difference in step.why { lines += describe(difference) }
    for (action, sign) in [(step.before, "before"), (step.action, "+"), (step.after, "at the end")] {
      guard case .mon(_, let commands)? = action else { continue }
      for change in commands { lines.append(paint("    \(sign) ceph \(change.command.summary)", .green)) }
    }
    return lines
  }

  private func describe(_ difference: Difference) -> [String] {
    difference.changes.flatMap { change -> [String] in
      let colour: Colour = change.from == nil ? .green : change.to == nil ? .red : .yellow
      let head = "    \(Self.headline(difference.resource, change))"
      guard change.isLong, detail == .contents else { return [paint(head, colour)] }
      let diff = UnifiedDiff.lines(from: change.from ?? "", to: change.to ?? "").map { line in
        paint("        \(line)", line.hasPrefix("+") ? .green : line.hasPrefix("-") ? .red : .plain)
      }
      return [paint("\(head):", colour)] + diff
    }
  }

  private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }

  /// `~ sysctls:kernel vm.swappiness: 60 → 10`; without the values where they are texts of several lines.
  static func headline(_ resource: String, _ change: Change) -> String {
    let sign = change.from == nil ? "+" : change.to == nil ? "-" : "~"
    let head = "\(sign) \(resource) \(change.attribute)"
    return change.isLong ? head : "\(head): \(change.from.map { "\($0) → " } ?? "")\(change.to ?? "removed")"
  }

  private enum Colour: String {
    case red = "31"
    case green = "32"
    case yellow = "33"
    case plain = "0"
  }

  private func paint(_ text: String, _ tint: Colour) -> String {
    colour && tint != .plain ? "\u{1B}[\(tint.rawValue)m\(text)\u{1B}[0m" : text
  }
}

extension Change {
  /// Whether it is of texts of several lines.
  var isLong: Bool { from?.contains("\n") ?? false || to?.contains("\n") ?? false }
}

extension Action {
  /// The one node that it changes.
  var host: String? {
    switch self {
    case .converge(let host, _), .reboot(let host, _, _), .reimage(let host, _, _, _, _): host
    case .wait, .mon: nil
    }
  }
}

extension Step {
  /// The one host that the step changes, or would take back a change on; `nil` for steps of the whole site.
  public var host: String? {
    action.host ?? undo?.host
  }
}
