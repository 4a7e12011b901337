import Controller
import Foundation
import Guarantees
import Plan
import Rollout
import Store

/// A plan being carried out for an operator: with live progress, stopped by signals, and told at its end.
struct RolloutRun {
  let controller: SiteController
  let journal: Journal
  let observation: Observation
  let budget: DisruptionBudget
  var reimaging: Reimaging?

  /// Who carries rollouts out, for the journal and for a second controller.
  static var holder: String {
    let process = ProcessInfo.processInfo
    return "\(process.userName)@\(process.hostName), process \(process.processIdentifier)"
  }

  /// Asks whether to carry a plan out. What cannot be survived is asked for by itself: a plan may be longer than one
  /// reads.
  ///
  /// - Throws: `Exit` where the operator does not want it
  static func confirm(_ forecast: Forecast, isAgreed: Bool) throws {
    let downtimes = forecast.downtimes.count
    let question =
      downtimes == 0
      ? "Carry this out?" : "Carry this out, with \(downtimes) step\(downtimes == 1 ? "" : "s") of downtime?"
    guard isAgreed || Terminal.confirm(question) else {
      Terminal.say("varde: nothing was changed; answer y, or give --yes")
      throw Exit.failed
    }
  }

  /// - Throws: `Exit`, `ControllerError` with what failed
  func carryOut(_ plan: Plan) async throws {
    try controller.keepSecrets()
    let rollout = Rollout(
      plan, sessions: controller.sessions, gatekeeper: SiteGates(controller, observation), journal: journal,
      budget: budget, forks: controller.forks, reimaging: reimaging, secret: controller.secret)
    let view = ProgressView(plan)
    let interrupts = Interrupts { [journal] signal, again in
      guard again else {
        rollout.stop()
        return view.note("stopping: what runs is finished, nothing new is begun; once more to leave at once")
      }
      // The agents notice it, and end their commands.
      try? journal.interrupt(by: Self.holder, at: Date())
      Foundation.exit(Exit.signalled(signal).rawValue)
    }
    let start = ContinuousClock.now
    let animation = Task { await view.animate() }
    defer { animation.cancel() }
    let result = try await rollout.run(controller: Self.holder) { view.report($0) }
    animation.cancel()
    let phases = view.finish()
    let seconds = String(format: "%.1f", (ContinuousClock.now - start) / .seconds(1))
    if let signal = interrupts.signal, result.outcome == .interrupted || plan.moreFollows {
      Terminal.say(
        "\(plan.site): stopped: \(result.passed.count) steps done, \(result.left.count) not begun; "
          + "the same command goes on")
      throw Exit.signalled(signal)
    }
    guard result.isDone else {
      for (step, reason) in result.failures.sorted(by: { $0.key < $1.key }) { Terminal.say("\(step): \(reason)") }
      throw ControllerError(
        "steps failed: \(result.failures.count), not begun: \(result.left.count), done: \(result.passed.count); "
          + "mend what is named above and run the same command again (varde history shows the hosts' output)")
    }
    Terminal.say("where the time went:")
    for line in phases { Terminal.say(line) }
    print("\(plan.site): \(result.passed.count) steps done in \(seconds) s.")
  }
}
