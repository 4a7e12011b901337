import Foundation
import GRDB

/// One site's journal and secrets in one SQLite file.
public struct Store: Sendable {
  let database: DatabaseQueue

  /// Opens the store to look only: nothing is written. Where there is none, it is empty, and none comes to be.
  public init(lookingAt directory: StateDirectory) throws(StoreError) {
    do {
      guard FileManager.default.fileExists(atPath: directory.database) else {
        database = try Self.migrated(DatabaseQueue())
        return
      }
      var configuration = Configuration()
      configuration.readonly = true
      configuration.busyMode = .timeout(10)
      let file = try DatabaseQueue(path: directory.database, configuration: configuration)
      if try file.read(Self.migrator.hasCompletedMigrations) {
        database = file
      } else {
        // One of an earlier release is brought up to date in memory.
        let copy = try DatabaseQueue()
        try file.backup(to: copy)
        database = try Self.migrated(copy)
      }
    } catch {
      throw StoreError("cannot open \(directory.database): \(error)")
    }
  }

  private static func migrated(_ database: DatabaseQueue) throws -> DatabaseQueue {
    try migrator.migrate(database)
    return database
  }

  /// Opens the store and brings its tables up to date.
  public init(_ directory: StateDirectory) throws(StoreError) {
    try directory.make()
    do {
      // The file must never be readable by others, not even between its creation and a chmod.
      close(open(directory.database, O_RDWR | O_CREAT | O_CLOEXEC, 0o600))
      var configuration = Configuration()
      configuration.busyMode = .timeout(10)
      configuration.prepareDatabase { database in
        // A line of output needs no fsync of its own; after a crash of the machine the journal may lack its last lines.
        try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL")
      }
      database = try Self.migrated(DatabaseQueue(path: directory.database, configuration: configuration))
    } catch {
      throw StoreError("cannot open \(directory.database): \(error)")
    }
  }

  func write<Value: Sendable>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do { return try database.write(body) } catch { throw StoreError("cannot write to the store: \(error)") }
  }

  func read<Value: Sendable>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do { return try database.read(body) } catch { throw StoreError("cannot read the store: \(error)") }
  }

  private static var migrator: DatabaseMigrator {
    var migrator = DatabaseMigrator()
    migrator.registerMigration("1 journal and secrets") { database in
      try database.execute(
        sql: """
          CREATE TABLE rollout (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            site TEXT NOT NULL,
            startedAt DATETIME NOT NULL,
            finishedAt DATETIME,
            outcome TEXT NOT NULL,
            controller TEXT NOT NULL,
            plan TEXT NOT NULL
          );
          CREATE TABLE step (
            rollout INTEGER NOT NULL REFERENCES rollout(id) ON DELETE CASCADE,
            id TEXT NOT NULL,
            title TEXT NOT NULL,
            startedAt DATETIME NOT NULL,
            finishedAt DATETIME,
            outcome TEXT NOT NULL,
            message TEXT NOT NULL DEFAULT '',
            PRIMARY KEY (rollout, id)
          ) WITHOUT ROWID;
          CREATE TABLE output (
            rollout INTEGER NOT NULL,
            step TEXT NOT NULL,
            at DATETIME NOT NULL,
            line TEXT NOT NULL,
            FOREIGN KEY (rollout, step) REFERENCES step(rollout, id) ON DELETE CASCADE
          );
          CREATE INDEX outputByStep ON output(rollout, step);
          CREATE TABLE secret (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
          """)
    }
    migrator.registerMigration("2 known nodes") { database in
      try database.execute(sql: "CREATE TABLE node (name TEXT PRIMARY KEY, address TEXT NOT NULL) WITHOUT ROWID")
    }
    return migrator
  }
}
