/// What kind of thing fails, in the order in which reports name them.
public enum FailureKind: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
  /// A disk, with the OSD on it.
  case disk
  case host, leaf, spine, link, rack, mon, mgr

  public static func < (a: FailureKind, b: FailureKind) -> Bool { a.rank < b.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

  /// `disks`, `switches`.
  public var plural: String { self == .leaf ? "leaves" : "\(rawValue)s" }
}
