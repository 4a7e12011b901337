import Plan
import Rollout

/// What happens in a rehearsal, for whoever shows it.
public enum RehearsalEvent: Sendable {
  /// What is done now, or was seen.
  case note(String)
  /// A plan is about to be carried out.
  case begins(Plan)
  case rollout(RolloutEvent)
  /// The plan has come to its end.
  case ended
}
