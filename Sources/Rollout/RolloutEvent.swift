import HostProtocol
import Plan

/// What happens during a rollout, for whoever shows it.
public enum RolloutEvent: Sendable {
  case started(Step)
  /// A resource of the step's host is being changed, or its commands print something.
  case progress(Step, Event)
  /// The step's action is done, its gate is not open yet.
  case waiting(Step, reason: String)
  /// The step is ready, and the disruption budget holds it back; `nil`: no longer.
  case held(Step, reason: String?)
  case passed(Step, seconds: Double)
  case failed(Step, reason: String, seconds: Double)
  /// The gate did not open, and the step was taken back.
  case undone(Step)
}
