import Site

/// How many copies, and how many of them must be there for I/O to go on.
public struct Replicas: Sendable, Hashable, Codable {
  public var size: Int
  public var minSize: Int

  /// Three where there is a place for them: the loss of one leaves two, and a write is never held by one disk only.
  /// Where nothing must survive, one.
  init(wanted: Int?, domain: FailureDomain, domains: Int) {
    size = wanted ?? (domain == .none ? 1 : min(3, max(1, domains)))
    // Ceph's own default (osd_pool_default_min_size 0): size - size / 2. Of two it leaves one: a write that a single
    // disk holds may be lost with it, which the report says.
    minSize = size - size / 2
  }
}
