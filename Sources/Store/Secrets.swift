import Foundation
import GRDB
import Synchronization

/// Keys and identities that a site needs and that nothing can derive: made once, kept here, adopted from a running
/// cluster where this controller has not seen it before.
///
/// What is new is only held in memory until `keep` is called: looking at a site writes nothing.
public final class Secrets: Sendable {
  private let store: Store
  /// Made or adopted, and not yet written.
  private let pending = Mutex<[String: String]>([:])

  public init(_ store: Store) { self.store = store }

  /// The secret of a name, made now where there is none.
  public func value(_ name: String, else make: () -> String) throws(StoreError) -> String {
    if let known = try existing(name) { return known }
    let made = make()
    // Two that ask at the same time get the same.
    return pending.withLock { pending in
      let value = pending[name] ?? made
      pending[name] = value
      return value
    }
  }

  public func existing(_ name: String) throws(StoreError) -> String? {
    if let known = pending.withLock({ $0[name] }) { return known }
    return try store.read { database in
      try String.fetchOne(database, sql: "SELECT value FROM secret WHERE name = ?", arguments: [name])
    }
  }

  /// Takes a secret over from the world, which is right where the two differ.
  public func adopt(_ name: String, value: String) throws(StoreError) {
    guard try existing(name) != value else { return }
    pending.withLock { $0[name] = value }
  }

  /// Writes what was made or adopted. Call it with the site's lock held, before anything of it is sent to a host.
  public func keep() throws(StoreError) {
    let new = pending.withLock { $0 }
    guard !new.isEmpty else { return }
    try store.write { database in
      for (name, value) in new {
        try database.execute(
          sql: "INSERT INTO secret (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
          arguments: [name, value])
      }
    }
    pending.withLock { pending in
      for (name, value) in new where pending[name] == value { pending[name] = nil }
    }
  }
}
