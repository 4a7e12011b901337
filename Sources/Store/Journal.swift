import Foundation
import GRDB

/// What rollouts did: history and a resume point, never the truth about the world.
public struct Journal: Sendable {
  let store: Store

  public init(_ store: Store) { self.store = store }

  /// Opens a rollout; rollouts that their controllers left unfinished are marked as interrupted.
  ///
  /// Call it with the site's lock held: only then is an unfinished rollout nobody's.
  public func begin(site: String, plan: String, controller: String, at now: Date) throws(StoreError) -> Int64 {
    try store.write { database in
      try database.execute(
        sql: "UPDATE rollout SET outcome = 'interrupted' WHERE outcome = 'running'")
      try database.execute(
        sql: "UPDATE step SET outcome = 'interrupted' WHERE outcome = 'running'")
      let rollout = RolloutRecord(
        id: nil, site: site, startedAt: now, finishedAt: nil, outcome: .running, controller: controller, plan: plan)
      try rollout.insert(database)
      return database.lastInsertedRowID
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

  /// Whether the last rollout did not come to its end: its steps may be done, and their gates never have opened.
  public var isUnproven: Bool {
    get throws(StoreError) {
      guard let last = try rollouts(limit: 1).first else { return false }
      return last.outcome != .done
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

  public func output(of rollout: Int64, step: String) throws(StoreError) -> [String] {
    try store.read { database in
      try OutputRecord.filter(Column("rollout") == rollout && Column("step") == step).order(Column.rowID)
        .fetchAll(database).map(\.line)
    }
  }
}
