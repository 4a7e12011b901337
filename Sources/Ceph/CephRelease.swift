import Debian

/// A release of Ceph. See https://docs.ceph.com/en/latest/releases/.
public struct CephRelease: Sendable, Hashable, Comparable, CustomStringConvertible {
  /// As the monitors write it: `reef`.
  public let name: String
  /// Its stable versions begin with it: `18.2`.
  public let series: String
  /// The release of Debian that has it; `nil`: none has.
  public let suite: String?

  /// From the oldest to the newest.
  public static let all = [
    CephRelease(name: "nautilus", series: "14.2", suite: "buster"),
    CephRelease(name: "octopus", series: "15.2", suite: nil),
    CephRelease(name: "pacific", series: "16.2", suite: "bookworm"),
    quincy, reef,
    CephRelease(name: "squid", series: "19.2", suite: nil),
    tentacle,
  ]
  static let quincy = CephRelease(name: "quincy", series: "17.2", suite: nil)
  static let reef = CephRelease(name: "reef", series: "18.2", suite: "trixie")
  static let tentacle = CephRelease(name: "tentacle", series: "20.2", suite: "sid")

  /// What somebody calls it: `18.2`, `18`, `reef`.
  public init?(_ words: String) {
    let words = words.lowercased()
    guard let known = Self.all.first(where: { [$0.name, $0.series, $0.major].contains(words) }) else { return nil }
    self = known
  }

  /// What a daemon says of itself: `ceph version 18.2.7 (6b0e9880) reef (stable)`.
  ///
  /// - Returns: `nil` for a release that is not known here, or none at all
  public init?(version: String) {
    guard let major = UpstreamVersion(ofCeph: version)?.numbers.first,
      let known = Self.all.first(where: { $0.major == "\(major)" })
    else { return nil }
    self = known
  }

  private init(name: String, series: String, suite: String?) {
    self.name = name
    self.series = series
    self.suite = suite
  }

  private var major: String { String(series.prefix { $0 != "." }) }
  private var rank: Int { Self.all.firstIndex(of: self) ?? 0 }

  public static func < (a: Self, b: Self) -> Bool { a.rank < b.rank }

  public var description: String { "\(series) (\(name))" }

  /// How many releases a cluster may be upgraded by at once: daemons of any two that are further apart do not speak with
  /// each other (Ceph: "Upgrading from older releases").
  static let reach = 2

  /// The releases to go through, each by an upgrade of its own: those that Debian has where there is a choice.
  ///
  /// - Returns: the last one is `goal`; empty where it is no later one
  public func path(to goal: CephRelease) -> [CephRelease] {
    var path: [CephRelease] = []
    var now = self
    while now < goal {
      let near = Self.all.filter { $0 > now && $0 <= goal && $0.rank - now.rank <= Self.reach }
      guard let next = near.last(where: { $0 == goal || $0.suite != nil }) ?? near.last else { break }
      path.append(next)
      now = next
    }
    return path
  }
}

extension UpstreamVersion {
  /// What a daemon says of itself: `ceph version 18.2.7 (6b0e9880) reef (stable)` gives 18.2.7.
  init?(ofCeph words: String) {
    let words = words.split(separator: " ")
    guard words.count > 2, words[0] == "ceph", words[1] == "version" else { return nil }
    self.init(String(words[2]))
  }
}
