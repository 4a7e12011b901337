/// What the site must survive, for each scope. `nil`: the largest failure domain that its hosts allow.
public struct Survive: Sendable, Hashable {
  public var storage: FailureDomain?
  public var network: FailureDomain?
  public var control: FailureDomain?

  public init(storage: FailureDomain? = nil, network: FailureDomain? = nil, control: FailureDomain? = nil) {
    self.storage = storage
    self.network = network
    self.control = control
  }
}

/// What fails together. Ordered from small to large.
public enum FailureDomain: String, Sendable, Hashable, CaseIterable, Codable, Comparable {
  /// Survives nothing.
  case none
  case disk, host
  /// A leaf or a spine.
  case `switch`
  case rack

  public static func < (a: FailureDomain, b: FailureDomain) -> Bool { a.rank < b.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
