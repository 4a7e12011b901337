/// The plans of many sites, side by side.
public struct FleetPlan: Sendable, Codable {
  public struct Member: Sendable, Codable {
    public var file: String
    /// `nil`: the file does not tell.
    public var site: String?
    /// `nil`: there is none, and `problems` say why.
    public var plan: Plan?
    public var problems: [String]

    public init(file: String, site: String?, plan: Plan?, problems: [String] = []) {
      self.file = file
      self.site = site
      self.plan = plan
      self.problems = problems
    }

    /// For tables: the site, or the file that is to be one.
    public var name: String { site ?? file }
  }

  /// A change that is the same wherever it is found, and where that is.
  public struct SharedChange: Sendable, Hashable {
    /// As it stands in a plan, without the host: `~ sysctls:kernel vm.swappiness: 60 → 10`.
    public var title: String
    /// The changed lines of a file, with their signs.
    public var lines: [String]
    /// Site to how many of its steps make the change.
    public var sites: [String: Int]
  }

  /// In the order of their files' paths.
  public var members: [Member]

  public init(_ members: [Member]) { self.members = members }

  /// What changes, most widespread first: what a profile's change does to each customer.
  public var sharedChanges: [SharedChange] {
    var order: [SharedChange] = []
    var positions: [[String]: Int] = [:]
    for member in members {
      for step in member.plan?.steps ?? [] {
        for line in Self.changes(of: step) {
          let position = positions[line, default: order.count]
          if position == order.count {
            positions[line] = position
            order.append(SharedChange(title: line[0], lines: Array(line.dropFirst()), sites: [:]))
          }
          order[position].sites[member.name, default: 0] += 1
        }
      }
    }
    return order.enumerated().sorted { ($1.element.sites.count, $0.offset) < ($0.element.sites.count, $1.offset) }
      .map(\.element)
  }

  /// A step's changes without what is its host's own: a title each, and the changed lines of a file.
  private static func changes(of step: Step) -> [[String]] {
    var changes: [[String]] = []
    for difference in step.why {
      for change in difference.changes {
        guard change.isLong else {
          changes.append([PlanText.headline(difference.resource, change)])
          continue
        }
        let lines = UnifiedDiff.lines(from: change.from ?? "", to: change.to ?? "", context: 0)
        changes.append([PlanText.headline(difference.resource, change)] + lines.filter { !$0.hasPrefix("@@") })
      }
    }
    if case .mon(_, let commands) = step.action { changes += commands.map { ["+ ceph \($0.command.summary)"] } }
    return changes
  }
}
