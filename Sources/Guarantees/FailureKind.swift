/// What kind of thing fails, in the order in which reports name them.
public enum FailureKind: Sendable, Hashable {
  /// A disk, with the OSD on it.
  case disk
  case host, leaf, spine, link, rack
  /// All that is below a bucket of another type of a cluster's CRUSH tree: `datacenter`.
  case bucket(String)
  case mon, mgr
}

extension FailureKind: CaseIterable {
  /// Those of a site.
  public static let allCases: [FailureKind] = [.disk, .host, .leaf, .spine, .link, .rack, .mon, .mgr]
}

/// As its name: `rack`, `datacenter`.
extension FailureKind: RawRepresentable, Codable, CustomStringConvertible {
  public init(rawValue: String) {
    self = Self.allCases.first { $0.rawValue == rawValue } ?? (rawValue == "osd" ? .disk : .bucket(rawValue))
  }

  public var rawValue: String {
    switch self {
    case .disk: "disk"
    case .host: "host"
    case .leaf: "leaf"
    case .spine: "spine"
    case .link: "link"
    case .rack: "rack"
    case .bucket(let type): type
    case .mon: "mon"
    case .mgr: "mgr"
    }
  }

  public var description: String { rawValue }

  /// `disks`, `switches`.
  public var plural: String {
    switch self {
    case .leaf: "leaves"
    case .bucket("chassis"): "chassis"
    default: "\(rawValue)s"
    }
  }
}

extension FailureKind: Comparable {
  public static func < (a: FailureKind, b: FailureKind) -> Bool { (a.rank, a.rawValue) < (b.rank, b.rawValue) }

  private var rank: Int {
    switch self {
    case .disk: 0
    case .host: 1
    case .leaf: 2
    case .spine: 3
    case .link: 4
    case .rack: 5
    case .bucket: 6
    case .mon: 7
    case .mgr: 8
    }
  }
}
