import Foundation
import Plan
import Store

extension Journal {
  /// What is to be proved again; `nil`: the last rollout came to its end.
  ///
  /// - Throws: `StoreError`
  public var unproven: Unproven? {
    get throws(StoreError) {
      let unfinished = try unfinishedRollouts
      guard !unfinished.isEmpty else { return nil }
      var unproven = Unproven()
      for rollout in unfinished {
        guard let id = rollout.id else { continue }
        // One of another format is none that can be read; the steps that wait are asked again all the same.
        let plan = try? SavedPlan.decode(Data(rollout.plan.utf8), path: "rollout \(id)")
        let planned = Dictionary((plan?.steps ?? []).map { ($0.id, $0) }) { first, _ in first }
        for step in try steps(of: id) {
          switch step.outcome {
          // What was taken back is observed to differ again.
          case .done:
            unproven.steps[step.id] = nil
            unproven.done.insert(step.id)
          case .undone: unproven.steps[step.id] = nil
          case .running, .failed, .interrupted: unproven.steps[step.id] = planned[step.id]
          }
        }
      }
      return unproven
    }
  }
}
