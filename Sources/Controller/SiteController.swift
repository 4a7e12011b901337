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
  let secrets: Secrets

  /// - Parameters:
  ///   - former: nodes that have left the site file; `sessions` must know where they are
  ///   - store: the site's journal and secrets
  public init(_ design: Design, former: [String], sessions: Sessions, store: Store, forks: Int) {
    self.design = design
    self.former = former
    self.sessions = sessions
    self.forks = forks
    secrets = Secrets(store)
  }

  /// The value of a secret; one that nobody knows is made now.
  ///
  /// - Throws: `StoreError`
  public func secret(_ name: String) throws -> String {
    try secrets.value(name) { CephSecret.make(name) }
  }
}
