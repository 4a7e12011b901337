import Controller
import Design
import Foundation
import Rehearsal
import Store
import Synchronization

/// A rehearsal for an operator: with live progress, stopped by signals.
struct RehearsalRun {
  var keepsTwin: Bool

  /// - Throws: `Exit` where a signal ended it; what `Rehearsal.run` throws
  func carryOut(
    _ make: (_ tell: @escaping @Sendable (RehearsalEvent) -> Void) -> Rehearsal
  ) async throws -> RehearsalReport {
    let view = RehearsalView()
    let rehearsal = make { view.report($0) }
    let task = Task { [keepsTwin] in try await rehearsal.run(keepsTwin: keepsTwin) }
    let end = keepsTwin ? "the twin stays" : "the twin is taken down"
    let interrupts = Interrupts { signal, again in
      guard again else {
        task.cancel()
        return view.report(.note("stopping: \(end); once more to leave at once (then varde lab down removes it)"))
      }
      Foundation.exit(Exit.signalled(signal).rawValue)
    }
    do {
      return try await task.value
    } catch {
      if let signal = interrupts.signal { throw Exit.signalled(signal) }
      throw error
    }
  }
}

/// The command line's way to a twin.
struct TwinOfCommandLine: TwinAccess {
  var holder: String { RolloutRun.holder }

  func withController<Value>(
    _ design: Design, _ body: (SiteController, Store) async throws -> Value
  ) async throws -> Value {
    let hosts = try HostOptions.parse(["--twin"])
    let lock = try SiteLock(hosts.stateDirectory(design), holder: holder)
    defer { withExtendedLifetime(lock) {} }
    return try await hosts.withController(design, claimedBy: holder, body)
  }
}

/// Shows a rehearsal as it goes: what is done, and plans with their steps.
private final class RehearsalView: Sendable {
  private struct Shown {
    var progress: ProgressView
    var animation: Task<Void, Never>
  }

  private let shown = Mutex<Shown?>(nil)

  func report(_ event: RehearsalEvent) {
    switch event {
    case .note(let line):
      guard let progress = shown.withLock({ $0?.progress }) else { return Terminal.say(line) }
      progress.note(line)
    case .begins(let plan):
      Terminal.say("\(plan.site): \(plan.steps.count) steps")
      let progress = ProgressView(plan)
      shown.withLock { $0 = Shown(progress: progress, animation: Task { await progress.animate() }) }
    case .rollout(let event): shown.withLock { $0?.progress }?.report(event)
    case .ended:
      let last = shown.withLock { shown in
        defer { shown = nil }
        return shown
      }
      last?.animation.cancel()
      for line in last?.progress.finish() ?? [] { Terminal.say(line) }
    }
  }
}
