import HostProtocol

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
    public var kind: Kind
    /// Resources of that kind which it is made to, in the order in which they are found; none for commands.
    public var resources: [String]
    /// Site to how often it is made there.
    public var sites: [String: Int]

    /// What makes two changes the same: everything but the host and the resource's name.
    public enum Kind: Sendable, Hashable {
      /// - lines: the changed lines of a file, with their signs, instead of its texts
      case resource(kind: String, change: Change, lines: [String])
      case command(String)
    }
  }

  /// In the order of their files' paths.
  public var members: [Member]

  public init(_ members: [Member]) { self.members = members }

  /// What changes, most widespread first: what a profile's change does to each customer.
  public var sharedChanges: [SharedChange] {
    var changes: [SharedChange] = []
    var positions: [SharedChange.Kind: Int] = [:]
    for member in members {
      for (kind, resource) in (member.plan?.steps ?? []).flatMap(Self.changes) {
        let position = positions[kind, default: changes.count]
        if position == changes.count {
          positions[kind] = position
          changes.append(SharedChange(kind: kind, resources: [], sites: [:]))
        }
        if let resource, !changes[position].resources.contains(resource) {
          changes[position].resources.append(resource)
        }
        changes[position].sites[member.name, default: 0] += 1
      }
    }
    return changes.enumerated().sorted { ($1.element.sites.count, $0.offset) < ($0.element.sites.count, $1.offset) }
      .map(\.element)
  }

  private static func changes(of step: Step) -> [(SharedChange.Kind, resource: String?)] {
    var changes: [(SharedChange.Kind, resource: String?)] = []
    for difference in step.why {
      let name = difference.resource.split(separator: ":", maxSplits: 1).map(String.init)
      for change in difference.changes {
        var (change, lines) = (change, [String]())
        if change.isLong {
          lines = UnifiedDiff.lines(from: change.from ?? "", to: change.to ?? "", context: 0)
            .filter { !$0.hasPrefix("@@") }
          change = Change(change.attribute, from: change.from.map { _ in "\n" }, to: change.to.map { _ in "\n" })
        }
        changes.append((.resource(kind: name[0], change: change, lines: lines), name.last))
      }
    }
    if case .mon(_, let commands) = step.action { changes += commands.map { (.command($0.command.summary), nil) } }
    return changes
  }
}
