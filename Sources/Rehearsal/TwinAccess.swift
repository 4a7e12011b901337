import Controller
import Design
import Store

/// Opens a controller on a site's twin, with the twin's lock held; closes its sessions whatever happens.
public protocol TwinAccess: Sendable {
  func withController<Value>(
    _ design: Design, _ body: (SiteController, Store) async throws -> Value
  ) async throws -> Value
  /// Who carries rollouts out, for the journal.
  var holder: String { get }
}
