import GRDB

/// Where nodes were when a rollout last worked on them: so that one is still reached, and ended in order, when it has
/// left the site file. A hint, never the truth: without it a node is taken out of the cluster, but not stopped itself.
public struct KnownNodes: Sendable {
  let store: Store

  public init(_ store: Store) { self.store = store }

  /// Name to management address.
  public var all: [String: String] {
    get throws(StoreError) {
      try store.read { database in
        let rows = try Row.fetchAll(database, sql: "SELECT name, address FROM node")
        return Dictionary(rows.map { ($0["name"], $0["address"]) }) { first, _ in first }
      }
    }
  }

  /// Adds nodes, or gives them other addresses.
  public func add(_ nodes: [String: String]) throws(StoreError) {
    try store.write { database in
      for (name, address) in nodes {
        try database.execute(
          sql:
            "INSERT INTO node (name, address) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET address = excluded.address",
          arguments: [name, address])
      }
    }
  }

  /// Forgets nodes that have been taken out.
  public func remove(_ names: [String]) throws(StoreError) {
    try store.write { database in
      for name in names { try database.execute(sql: "DELETE FROM node WHERE name = ?", arguments: [name]) }
    }
  }
}
