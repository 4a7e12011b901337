import Foundation
import GRDB

/// A controller's SQLite file, read past the product.
struct StateFile: Sendable {
  var path: String

  /// All keys that it keeps, by name. `ceph/fsid` stands in every ceph.conf and is no secret.
  func secrets() throws -> [String: String] {
    try read { database in
      let rows = try Row.fetchAll(database, sql: "SELECT name, value FROM secret WHERE name <> 'ceph/fsid'")
      return Dictionary(uniqueKeysWithValues: rows.map { ($0["name"], $0["value"]) })
    }
  }

  /// Everything that stands in a table, one line a row.
  func text(ofTable table: String) throws -> String {
    try read { database in
      try Row.fetchAll(database, sql: "SELECT * FROM \(table)").map { row in
        row.map { "\($0.1)" }.joined(separator: "\t")
      }.joined(separator: "\n")
    }
  }

  /// Whether a step of that id is under way; `false` too while there is nothing to read.
  func isRunning(_ step: String) -> Bool {
    let sql = "SELECT count(*) FROM step WHERE id = ? AND outcome = 'running'"
    return (try? read { try Int.fetchOne($0, sql: sql, arguments: [step]) ?? 0 } > 0) ?? false
  }

  /// Whether the output of a step of that id has a line that begins so.
  func said(_ words: String, in step: String) -> Bool {
    let sql = "SELECT count(*) FROM output WHERE step = ? AND line LIKE ? || '%'"
    return (try? read { try Int.fetchOne($0, sql: sql, arguments: [step, words]) ?? 0 } > 0) ?? false
  }

  /// Ids of the steps that are under way, or were when their controller ended.
  var runningSteps: [String] {
    (try? read { try String.fetchAll($0, sql: "SELECT id FROM step WHERE outcome = 'running'") }) ?? []
  }

  private func read<Value>(_ body: (Database) throws -> Value) throws -> Value {
    var configuration = Configuration()
    configuration.readonly = true
    configuration.busyMode = .timeout(10)
    return try DatabaseQueue(path: path, configuration: configuration).read(body)
  }
}
