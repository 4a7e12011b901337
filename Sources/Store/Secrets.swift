import Foundation
import GRDB

/// Keys and identities that a site needs and that nothing can derive: made once, kept here, adopted from a running
/// cluster where this controller has not seen it before.
public struct Secrets: Sendable {
  let store: Store

  public init(_ store: Store) { self.store = store }

  /// The secret of a name, made now where there is none.
  public func value(_ name: String, else make: () -> String) throws(StoreError) -> String {
    try store.write { database in
      if let known = try String.fetchOne(database, sql: "SELECT value FROM secret WHERE name = ?", arguments: [name]) {
        return known
      }
      let value = make()
      try database.execute(sql: "INSERT INTO secret (name, value) VALUES (?, ?)", arguments: [name, value])
      return value
    }
  }

  public func existing(_ name: String) throws(StoreError) -> String? {
    try store.read { database in
      try String.fetchOne(database, sql: "SELECT value FROM secret WHERE name = ?", arguments: [name])
    }
  }

  /// Takes a secret over from the world, which is right where the two differ.
  public func adopt(_ name: String, value: String) throws(StoreError) {
    try store.write { database in
      try database.execute(
        sql: "INSERT INTO secret (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        arguments: [name, value])
    }
  }
}
