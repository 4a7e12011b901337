import HostProtocol
import Plan
import Store

/// What happens during a rollout, for whoever shows it.
public enum RolloutEvent: Sendable {
  case started(Step)
  /// A resource of the step's host is being changed, or its commands print something.
  case progress(Step, Event)
  /// The step's action is done, its gate is not open yet.
  case waiting(Step, reason: String)
  case passed(Step, seconds: Double)
  case failed(Step, reason: String, seconds: Double)
  /// The gate did not open, and the step was taken back.
  case undone(Step)
}

/// How a rollout ended.
public struct RolloutResult: Sendable {
  public var passed: [String]
  /// Step's id to the reason.
  public var failures: [String: String]
  /// Ids of the steps that were not begun.
  public var left: [String]

  public var isDone: Bool { failures.isEmpty && left.isEmpty }

  /// Where nothing failed and yet something is left, it was stopped.
  public var outcome: Outcome { isDone ? .done : failures.isEmpty ? .interrupted : .failed }
}
