import Foundation
import HostProtocol
import Plan
import Rollout
import Synchronization

/// Shows a rollout as it goes: on a terminal a block that is redrawn, elsewhere a line for each step that ends.
final class ProgressView: Sendable {
  private struct State {
    var running: [String: Running] = [:]
    var passed = 0
    var failed = 0
    var drawnLines = 0
    /// What the disruption budget holds back, and why.
    var held: String?
    /// Phase to when its first step began and its last ended, in seconds from the start.
    var phases: [String: ClosedRange<Double>] = [:]
  }

  private struct Running {
    var step: Step
    var since: Double
    var note = ""
  }

  private let plan: Plan
  private let live: Bool
  private let start = ContinuousClock.now
  private let state = Mutex(State())

  init(_ plan: Plan, live: Bool = Terminal.isLive) {
    self.plan = plan
    self.live = live
  }

  /// Redraws until it is cancelled, so that the clocks run.
  func animate() async {
    guard live else { return }
    while !Task.isCancelled {
      state.withLock { draw(&$0) }
      try? await Task.sleep(for: .milliseconds(200))
    }
  }

  func report(_ event: RolloutEvent) {
    let now = elapsed
    state.withLock { state in
      switch event {
      case .started(let step):
        state.running[step.id] = Running(step: step, since: now)
      case .progress(let step, .changing(let difference)):
        state.running[step.id]?.note = difference.resource
      case .progress(let step, .output(let line)):
        state.running[step.id]?.note = line
      case .waiting(let step, let reason):
        state.running[step.id]?.note = "waiting: \(reason)"
        if !live { line("wait", step, reason, now) }
      case .held(let step, let reason?):
        state.held = "\(step.id): \(reason)"
        say("held", step, reason, now, &state)
      case .held:
        state.held = nil
      case .passed(let step, let seconds):
        end(step, now, &state)
        state.passed += 1
        say("ok  ", step, String(format: "%.1f s", seconds), now, &state)
      case .failed(let step, let reason, _):
        end(step, now, &state)
        state.failed += 1
        say("FAIL", step, reason, now, &state)
      case .undone(let step):
        say("undo", step, "taken back", now, &state)
      }
      if live { draw(&state) }
    }
  }

  /// Says a line beside the steps.
  func note(_ line: String) {
    state.withLock { state in
      erase(&state)
      Terminal.say(line)
      if live { draw(&state) }
    }
  }

  /// Where the time went, a line a phase; call it when the rollout has ended.
  func finish() -> [String] {
    state.withLock { state in
      erase(&state)
      let width = plan.phases.map(\.count).max() ?? 0
      return plan.phases.compactMap { phase in
        state.phases[phase].map { span in
          let name = phase.padded(to: width)
          let seconds = span.upperBound - span.lowerBound
          return "  \(name)" + String(format: " %6.1f s  (%.1f to %.1f)", seconds, span.lowerBound, span.upperBound)
        }
      }
    }
  }

  private var elapsed: Double { (ContinuousClock.now - start) / .seconds(1) }

  private func end(_ step: Step, _ now: Double, _ state: inout State) {
    let since = state.running.removeValue(forKey: step.id)?.since ?? now
    let known = state.phases[step.phase]
    state.phases[step.phase] = min(known?.lowerBound ?? since, since)...max(known?.upperBound ?? now, now)
  }

  private func say(_ word: String, _ step: Step, _ rest: String, _ now: Double, _ state: inout State) {
    erase(&state)
    line(word, step, rest, now)
  }

  private func line(_ word: String, _ step: Step, _ rest: String, _ now: Double) {
    let clock = String(format: "%7.1f", now)
    Terminal.say("\(clock)  \(word)  \(step.id.padded(to: 20))  \(rest)")
  }

  private func erase(_ state: inout State) {
    guard live, state.drawnLines > 0 else { return }
    try? FileHandle.standardError.write(contentsOf: Data("\u{1B}[\(state.drawnLines)A\u{1B}[J".utf8))
    state.drawnLines = 0
  }

  private func draw(_ state: inout State) {
    erase(&state)
    let width = Terminal.width - 1
    let shown = 12
    let running = state.running.values.sorted { ($0.since, $0.step.id) < ($1.since, $1.step.id) }
    var lines = running.prefix(shown).map { entry -> String in
      let seconds = String(format: "%5.0f s", elapsed - entry.since)
      return "  \(seconds)  \(entry.step.id): \(entry.note.isEmpty ? entry.step.title : entry.note)"
    }
    if running.count > shown { lines.append("           and \(running.count - shown) more") }
    if let held = state.held { lines.append("   waiting  \(held)") }
    let total = plan.steps.count
    let failures = state.failed == 0 ? "" : ", \(state.failed) failed"
    lines.append(String(format: "%5.0f s", elapsed) + "  \(state.passed) of \(total) steps\(failures)")
    let text = lines.map { $0.prefix(width) + "\n" }.joined()
    try? FileHandle.standardError.write(contentsOf: Data(text.utf8))
    state.drawnLines = lines.count
  }
}
