import Ceph
import Design
import Hosts
import Plan
import Store

/// Work on one site: joins the engines to observe it, plan it, and carry the plan out.
public struct SiteController: Sendable {
  public let design: Design
  public let sessions: Sessions
  /// How many hosts are talked to at once.
  public let forks: Int
  /// Nodes that have left the site file, and that Varde has worked on.
  public let former: [String]
  /// The release of Ceph that this is about to bring; `nil`: none.
  public var cephUpgrade: CephRelease?
  let secrets: Secrets
  /// Whether this controller has changed something on the site's hosts before.
  let hasWorked: Bool

  /// - Parameters:
  ///   - former: nodes that have left the site file; `sessions` must know where they are
  ///   - store: the site's journal and secrets
  ///   - hasWorked: whether this controller has changed something on the site's hosts before
  public init(
    _ design: Design, former: [String], sessions: Sessions, store: Store, forks: Int, hasWorked: Bool
  ) {
    self.design = design
    self.former = former
    self.sessions = sessions
    self.forks = forks
    self.hasWorked = hasWorked
    secrets = Secrets(store)
  }

  /// Writes the secrets that were made or taken over while the site was looked at. Call it with the site's lock held, before
  /// a plan is carried out.
  ///
  /// - Throws: `StoreError`
  public func keepSecrets() throws(StoreError) { try secrets.keep() }

  /// The value of a secret; one that nobody knows is made now, and written by `keepSecrets`.
  ///
  /// - Throws: `StoreError`
  public func secret(_ name: String) throws -> String {
    try secrets.value(name) { CephSecret.make(name) }
  }
}
