/// What a site promises.
public enum Guarantee: String, Sendable, Hashable, Codable, CodingKeyRepresentable, CaseIterable {
  /// Every pool can be read and written.
  case storageIO
  /// Every object still has a replica.
  case storageData
  /// The hosts that are up reach each other.
  case network
  /// The monitors have a quorum, and a manager is left.
  case control
  /// What is stored still fits, below the mark at which Ceph warns, when its replicas are made again.
  case capacity

  /// In a table's head.
  public var title: String {
    switch self {
    case .storageIO: "storage"
    case .storageData: "data"
    case .network: "network"
    case .control: "control"
    case .capacity: "capacity"
    }
  }
}

/// Whether a guarantee holds, and why (not).
public struct Finding: Sendable, Hashable, Codable {
  public var guarantee: Guarantee
  public var holds: Bool
  /// `pool 'vms' may have 1 of 3 replicas left, and needs 2`.
  public var why: String

  public init(_ guarantee: Guarantee, holds: Bool, why: String) {
    self.guarantee = guarantee
    self.holds = holds
    self.why = why
  }
}
