import Foundation
import GRDB

/// What rollouts did: history and a resume point, never the truth about the world.
public struct Journal: Sendable {
  let store: Store

  public init(_ store: Store) { self.store = store }

  /// Opens a rollout; rollouts of the same site that their controllers left unfinished are marked as interrupted.
  ///
  /// Call it with the site's lock held: only then is an unfinished rollout of the site nobody's.
  public func begin(site: String, plan: String, controller: String, at now: Date) throws(StoreError) -> Int64 {
    try store.write { database in
      try Self.interrupt(database, where: "site = ?", site)
      let rollout = RolloutRecord(
        id: nil, site: site, startedAt: now, finishedAt: nil, outcome: .running, controller: controller, plan: plan)
      try rollout.insert(database)
      return database.lastInsertedRowID
    }
  }

  /// Marks what a controller carries out as interrupted now: it is about to end.
  public func interrupt(by controller: String, at now: Date) throws(StoreError) {
    try store.write { try Self.interrupt($0, where: "controller = ?", controller, at: now) }
  }

  /// - Parameters:
  ///   - condition: which rollouts, by a column of theirs
  ///   - now: `nil`: nobody knows when it was
  private static func interrupt(
    _ database: Database, where condition: String, _ value: String, at now: Date? = nil
  ) throws {
    let rollouts = "SELECT id FROM rollout WHERE outcome = 'running' AND \(condition)"
    for (table, column) in [("step", "rollout"), ("rollout", "id")] {
      try database.execute(
        sql: """
          UPDATE \(table) SET outcome = 'interrupted', finishedAt = ?
          WHERE outcome = 'running' AND \(column) IN (\(rollouts))
          """, arguments: [now, value])
    }
  }

  public func finish(_ rollout: Int64, _ outcome: Outcome, at now: Date) throws(StoreError) {
    try store.write { database in
      try database.execute(
        sql: "UPDATE rollout SET outcome = ?, finishedAt = ? WHERE id = ?", arguments: [outcome, now, rollout])
    }
  }

  public func begin(_ rollout: Int64, step: String, title: String, at now: Date) throws(StoreError) {
    try store.write { database in
      let record = StepRecord(
        rollout: rollout, id: step, title: title, startedAt: now, finishedAt: nil, outcome: .running, message: "")
      try record.insert(database)
    }
  }

  public func finish(
    _ rollout: Int64, step: String, _ outcome: Outcome, message: String = "", at now: Date
  ) throws(StoreError) {
    try store.write { database in
      try database.execute(
        sql: "UPDATE step SET outcome = ?, message = ?, finishedAt = ? WHERE rollout = ? AND id = ?",
        arguments: [outcome, message, now, rollout, step])
    }
  }

  /// Keeps a line that a host printed.
  public func output(_ rollout: Int64, step: String, line: String, at now: Date) throws(StoreError) {
    try store.write { database in
      try OutputRecord(rollout: rollout, step: step, at: now, line: line).insert(database)
    }
  }

  /// The newest first.
  public func rollouts(limit: Int = 20) throws(StoreError) -> [RolloutRecord] {
    try store.read { database in
      try RolloutRecord.order(Column("id").desc).limit(limit).fetchAll(database)
    }
  }

  /// Those that did not come to their end since the last one that did, the oldest first: their steps may be done, and
  /// their gates never have opened.
  public var unfinishedRollouts: [RolloutRecord] {
    get throws(StoreError) {
      try store.read { database in
        let last = try Int64.fetchOne(database, sql: "SELECT max(id) FROM rollout WHERE outcome = 'done'") ?? 0
        return try RolloutRecord.filter(Column("id") > last).order(Column("id")).fetchAll(database)
      }
    }
  }

  public func rollout(_ id: Int64) throws(StoreError) -> RolloutRecord? {
    try store.read { database in try RolloutRecord.filter(Column("id") == id).fetchOne(database) }
  }

  /// In the order in which they started.
  public func steps(of rollout: Int64) throws(StoreError) -> [StepRecord] {
    try store.read { database in
      try StepRecord.filter(Column("rollout") == rollout).order(Column("startedAt")).fetchAll(database)
    }
  }

  /// How long steps took that came to a good end, by id, the newest first.
  public func durations(limit: Int = 1000) throws(StoreError) -> [(step: String, seconds: Double)] {
    try store.read { database in
      try StepRecord.filter(Column("outcome") == Outcome.done.rawValue).order(Column("startedAt").desc).limit(limit)
        .fetchAll(database).compactMap { step in
          step.finishedAt.map { (step.id, $0.timeIntervalSince(step.startedAt)) }
        }
    }
  }

  public func output(of rollout: Int64, step: String) throws(StoreError) -> [String] {
    try store.read { database in
      try OutputRecord.filter(Column("rollout") == rollout && Column("step") == step).order(Column.rowID)
        .fetchAll(database).map(\.line)
    }
  }
}
