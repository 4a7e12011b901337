import Design
import Site

/// Single failures that are alike: what one of them breaks, any other of them breaks.
public struct FailureGroup: Sendable, Hashable {
  public var kind: FailureKind
  /// In the order of the design.
  public var members: [Component]
  /// What must hold with any one of them down, by what the site is asked to survive; empty: nothing.
  public var promised: Set<Guarantee>

  public init(kind: FailureKind, members: [Component], promised: Set<Guarantee>) {
    self.kind = kind
    self.members = members
    self.promised = promised
  }

  /// All single failures of a site.
  public static func all(of design: Design) -> [FailureGroup] {
    Symmetry(design).classes.map { failures in
      let promised = Guarantee.allCases.filter {
        design.survive.domain(of: $0) != .none && design.survive.covers(failures.kind, $0)
      }
      return FailureGroup(kind: failures.kind, members: failures.members.map(\.component), promised: Set(promised))
    }
  }
}
