import Design

/// A fleet's plans as a person reads them: a line a site, then what changes, and in which sites.
public struct FleetPlanText: Sendable {
  public var fleet: FleetPlan
  /// Whether the changed lines of files are told.
  public var isBrief: Bool

  public init(_ fleet: FleetPlan, isBrief: Bool = false) {
    self.fleet = fleet
    self.isBrief = isBrief
  }

  public var text: String {
    let changes = fleet.sharedChanges
    var lines = [table]
    if !changes.isEmpty { lines += ["what changes, and where"] + changes.flatMap(describe) + [""] }
    return (lines + [summary] + remarks).joined(separator: "\n")
  }

  private var table: String {
    var table = TextTable("site", "steps", "changes", "hosts", "take something down", "")
    for member in fleet.members {
      guard let plan = member.plan else {
        table.add(member.name, nil, nil, nil, nil, "no plan, see below")
        continue
      }
      let hosts = Set(plan.steps.compactMap(\.host))
      let disrupting = plan.steps.count { !$0.takesDown.isEmpty }
      table.add(
        member.name, "\(plan.steps.count)", "\(plan.changes)", "\(hosts.count)", "\(disrupting)", remark(plan))
    }
    return table.text
  }

  private func remark(_ plan: Plan) -> String {
    if !plan.unreachable.isEmpty { return "\(plan.unreachable.count) cannot be reached" }
    return plan.isEmpty ? "nothing to do" : "to change"
  }

  private func describe(_ change: FleetPlan.SharedChange) -> [String] {
    let sites = fleet.members.compactMap { member in
      change.sites[member.name].map { $0 == 1 ? member.name : "\(member.name) ×\($0)" }
    }
    let place = "      in \(sites.joined(separator: ", "))"
    switch change.kind {
    case .command(let words): return ["  + ceph \(words)", place]
    case .resource(let kind, let difference, let lines):
      let some = change.resources.prefix(3).joined(separator: ", ")
      let others = change.resources.count - 3
      let names = "\(kind):\(some)\(others > 0 ? " and \(others) more" : "")"
      let changed = isBrief ? [] : lines.map { "      \($0)" }
      return ["  \(PlanText.headline(names, difference))"] + changed + [place]
    }
  }

  private var summary: String {
    let planned = fleet.members.compactMap(\.plan)
    let changing = planned.count { !$0.isEmpty }
    let broken = fleet.members.count - planned.count
    return "\(fleet.members.count) sites: \(changing) to change, \(planned.count - changing) with nothing to do"
      + (broken == 0 ? "." : ", \(broken) without a plan.")
  }

  private var remarks: [String] {
    fleet.members.flatMap { member -> [String] in
      let plan = member.plan
      return member.problems + (plan?.notes ?? []).map { "\(member.name): note: \($0)" }
        + (plan?.unreachable ?? [:]).sorted { $0.key < $1.key }
        .map { "\(member.name): cannot be reached: \($0.value)" }
    }
  }
}
