/// What a balancing may touch.
public struct BalanceScope: Sendable {
  /// Pools whose groups may be moved, by number; `nil`: all.
  public var pools: Set<Int64>?
  /// OSDs that may give, and that may take; `nil`: all.
  public var sources: Set<Int32>?
  public var targets: Set<Int32>?
  /// OSDs that are to give all they have, and take nothing.
  public var drained: Set<Int32> = []

  public init(
    pools: Set<Int64>? = nil, sources: Set<Int32>? = nil, targets: Set<Int32>? = nil, drained: Set<Int32> = []
  ) {
    self.pools = pools
    self.sources = sources
    self.targets = targets
    self.drained = drained
  }

  func includes(_ pool: Int64) -> Bool { pools?.contains(pool) ?? true }

  func mayGive(_ osd: Int32) -> Bool { drained.contains(osd) || (sources?.contains(osd) ?? true) }

  func mayTake(_ osd: Int32) -> Bool { !drained.contains(osd) && (targets?.contains(osd) ?? true) }
}
