import Ceph
import Controller
import Design
import Guarantees
import HostProtocol
import Plan
import Rollout
import Store
import Synchronization

extension Rehearsal {
  /// Carries the plan out under load, and waits until the site is well.
  ///
  /// - Parameter former: the site before; `nil`: there was none
  func carryOut(
    _ controller: SiteController, _ store: Store, since former: Design?
  ) async throws -> (RehearsalReport.Change, String?) {
    var controller = controller
    controller.cephUpgrade = upgrade
    let time = StepTime(samples: memory.samples)
    let load = former.map { Load(lab, design, since: $0) }
    do {
      try await load?.start()
      let rounds = try await rollOut(controller, store, known: time)
      let report = try await load?.stop()
      let last = ContinuousClock.now
      await muteSlowHeartbeats(controller)
      let problems = await controller.problems(within: 300)
      try memory.add(rounds.flatMap(\.samples))
      var change = RehearsalReport.Change(rounds)
      change.load = report
      change.problems = problems
      change.secondsToWell = problems.isEmpty ? last.seconds : nil
      return (change, try rounds.first.map { try PlanDigest($0.plan).description })
    } catch {
      await load?.abandon()
      throw error
    }
  }

  /// Ceph warns of slow heartbeats by averages of up to a quarter of an hour. In a twin they tell that this machine is
  /// busy, and would keep gates shut for as long.
  func muteSlowHeartbeats(_ controller: SiteController) async {
    guard let mons = controller.design.ceph?.mons, !mons.isEmpty else { return }
    let codes = ["OSD_SLOW_PING_TIME_BACK", "OSD_SLOW_PING_TIME_FRONT"]
    for code in codes {
      let command = MonCommand.make("health mute", ["code": .text(code), "sticky": true])
      let reply = try? await controller.sessions.first(of: mons).mon(command)
      if reply?.status != 0 { note("slow heartbeats of OSDs cannot be muted: \(reply?.message ?? "no answer")") }
    }
  }

  /// Plans and carries out until nothing is left to do, or something fails; as `varde apply` and `varde upgrade` do.
  func rollOut(_ controller: SiteController, _ store: Store, known time: StepTime) async throws -> [Round] {
    let nodes = KnownNodes(store)
    let journal = Journal(store)
    var rounds: [Round] = []
    while true {
      let observation = try await controller.observe()
      guard observation.unreachable.isEmpty else {
        throw RehearsalError(
          "not all hosts can be reached: \(observation.unreachable.values.sorted().joined(separator: "; "))")
      }
      let plan = try await plan(controller, observation, journal)
      guard !plan.isEmpty else { break }
      try nodes.add(Dictionary(controller.design.nodes.map { ($0.name, "\($0.management)") }) { first, _ in first })
      let round = try await self.round(plan, controller, observation, journal, time)
      rounds.append(round)
      guard round.isDone, plan.moreFollows else { break }
    }
    try nodes.remove(controller.former)
    return rounds
  }

  private func plan(_ controller: SiteController, _ observation: Observation, _ journal: Journal) async throws -> Plan {
    guard let release = controller.cephUpgrade else {
      return try controller.plan(observation, proving: try journal.unproven)
    }
    let preflight = try await controller.cephPreflight(observation, to: release)
    guard preflight.refusals.isEmpty else {
      throw RehearsalError(
        "the cluster cannot be upgraded to \(release) as it is: \(preflight.refusals.joined(separator: "; "))")
    }
    for line in preflight.notes { note("preflight: \(line)") }
    return try controller.planUpgrade(observation, proving: try journal.unproven)
  }

  private func round(
    _ plan: Plan, _ controller: SiteController, _ observation: Observation, _ journal: Journal, _ time: StepTime
  ) async throws -> Round {
    let budget = DisruptionBudget(controller.design, absent: observation.absentDaemons(of: controller.design))
    let gates = SiteGates(controller, observation)
    let disrupts = plan.steps.contains { !$0.takesDown.isEmpty }
    let condition = disrupts ? await gates.condition() : Condition(down: [])
    let forecast = Forecast(
      plan, budget: budget, condition: condition, forks: controller.forks, seconds: time.seconds)
    try controller.keepSecrets()
    let rollout = Rollout(
      plan, sessions: controller.sessions, gatekeeper: gates, journal: journal, budget: budget,
      forks: controller.forks, secret: controller.secret)
    let clock = Stopwatch()
    tell(.begins(plan))
    defer { tell(.ended) }
    let result = try await rollout.run(controller: access.holder) { event in
      clock.note(event)
      tell(.rollout(event))
    }
    return Round(
      plan: plan, forecast: forecast, result: result, spans: clock.spans, seconds: clock.seconds,
      known: plan.steps.count(where: time.isKnown))
  }
}

/// A plan that was carried out.
struct Round: Sendable {
  var plan: Plan
  var forecast: Forecast
  var result: ExecutionResult
  /// Step's id to when it began and ended, in seconds after the beginning.
  var spans: [String: ClosedRange<Double>]
  var seconds: Double
  /// How many steps' times were known before.
  var known: Int

  var isDone: Bool { result.isDone }

  var reasons: [String] { result.failures.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" } }

  var samples: [StepTime.Sample] {
    plan.steps.filter { result.passed.contains($0.id) }.compactMap { step in
      spans[step.id].map { span in
        StepTime.Sample(step: step.id, work: step.work, seconds: span.upperBound - span.lowerBound)
      }
    }
  }
}

/// When steps began and ended.
private final class Stopwatch: Sendable {
  private let start = ContinuousClock.now
  private let state = Mutex<[String: ClosedRange<Double>]>([:])

  var seconds: Double { start.seconds }
  var spans: [String: ClosedRange<Double>] { state.withLock { $0 } }

  func note(_ event: RolloutEvent) {
    let now = start.seconds
    state.withLock { spans in
      switch event {
      case .started(let step): spans[step.id] = now...now
      case .passed(let step, _), .failed(let step, _, _): spans[step.id] = (spans[step.id]?.lowerBound ?? now)...now
      case .progress, .waiting, .held, .undone: break
      }
    }
  }
}

extension RehearsalReport.Change {
  /// Of plans that were carried out one after the other; without what the load met, and what came after.
  init(_ rounds: [Round]) {
    steps = rounds.reduce(0) { $0 + $1.plan.steps.count }
    done = rounds.reduce(0) { $0 + $1.result.passed.count }
    failures = rounds.reduce(into: [:]) { $0.merge($1.result.failures) { first, _ in first } }
    forecast = rounds.reduce(0) { $0 + $1.forecast.seconds }
    measured = rounds.reduce(0) { $0 + $1.seconds }
    known = rounds.reduce(0) { $0 + $1.known }
    phases = []
    downtimes = rounds.flatMap { round in
      round.forecast.downtimes.map { downtime in
        "\(downtime.step): \(downtime.broken.map { "\($0.guarantee.title) (\($0.why))" }.joined(separator: ", "))"
      }
    }
    problems = []
    var offset = 0.0
    for round in rounds {
      let foretold = Dictionary(round.forecast.spans.map { ($0.step, $0.start...($0.start + $0.seconds)) }) {
        first, _ in
        first
      }
      for name in round.plan.phases {
        let ids = round.plan.steps.filter { $0.phase == name }.map(\.id)
        let measured = Self.hull(ids.compactMap { round.spans[$0] })
        let forecast = Self.hull(ids.compactMap { foretold[$0] })
        phases.append(
          RehearsalReport.Phase(
            name: name, steps: ids.count, forecast: forecast.map { $0.upperBound - $0.lowerBound } ?? 0,
            measured: measured.map { $0.upperBound - $0.lowerBound } ?? 0,
            begun: offset + (measured?.lowerBound ?? 0)))
      }
      offset += round.seconds
    }
  }

  private static func hull(_ spans: [ClosedRange<Double>]) -> ClosedRange<Double>? {
    guard let first = spans.map(\.lowerBound).min(), let last = spans.map(\.upperBound).max() else { return nil }
    return first...last
  }
}
