import Foundation
import GRDB

/// How a rollout, or one of its steps, stands.
public enum Outcome: String, Sendable, Hashable, Codable, DatabaseValueConvertible {
  case running
  case done
  case failed
  /// Its controller ended before it did.
  case interrupted
  /// Undone after its gate did not open.
  case undone
}

/// A rollout in the journal.
public struct RolloutRecord: Sendable, Hashable, Codable, FetchableRecord, PersistableRecord {
  public static let databaseTableName = "rollout"

  public var id: Int64?
  public var site: String
  public var startedAt: Date
  public var finishedAt: Date?
  public var outcome: Outcome
  /// Who carries it out: `user@machine, process 123`.
  public var controller: String
  /// The plan as JSON, without secrets.
  public var plan: String

  /// How it stands, knowing whether any controller is at work: without one, nothing runs.
  public func outcome(isLocked: Bool) -> Outcome { outcome == .running && !isLocked ? .interrupted : outcome }
}

/// A step of a rollout in the journal.
public struct StepRecord: Sendable, Hashable, Codable, FetchableRecord, PersistableRecord {
  public static let databaseTableName = "step"

  public var rollout: Int64
  public var id: String
  public var title: String
  public var startedAt: Date
  public var finishedAt: Date?
  public var outcome: Outcome
  /// Why it failed, in the host's own words.
  public var message: String
}

/// A line that a host printed during a step.
public struct OutputRecord: Sendable, Hashable, Codable, FetchableRecord, PersistableRecord {
  public static let databaseTableName = "output"

  public var rollout: Int64
  public var step: String
  public var at: Date
  public var line: String
}
