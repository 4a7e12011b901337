import Design
import Guarantees

/// A plan being carried out, as a machine without a clock, a network or a disk: it is told what has happened, and says
/// what is to be done next. The rollout obeys it on real hosts, the simulation in a made-up world.
///
/// A step's life: it begins when its needs have passed and the disruption budget bears what it takes down; its action is
/// carried out; its gate is asked until it opens; where it stays shut past the deadline, the step is taken back if it can
/// be; at the end, what it did for its own time only is undone. After a failure nothing new begins; what runs is finished.
public struct Execution: Sendable {
  /// What has happened.
  public enum Event: Sendable {
    case begin
    /// A step's action has ended; with the reason where it failed.
    case acted(String, failure: String?)
    /// How a step's gate stands; `nil`: nobody has answered in time.
    case looked(String, GateState?)
    /// A step has been taken back; with the reason where that failed.
    case takenBack(String, failure: String?)
    /// What a step does at its end is done; with the reason where that failed.
    case cleanedUp(String, failure: String?)
    /// What is down; the number is that of the order.
    case observed(Condition, number: Int)
    /// Nothing new is to begin.
    case stop
  }

  /// What is to be done. Orders are obeyed in their order; each but `end` and the reports is answered by an event.
  public enum Order: Sendable {
    /// Begin a step: note it down first, then carry out its action; within so many seconds.
    case act(Step, within: Double)
    /// Ask a step's gate, after a pause; within so many seconds.
    case look(Step, after: Double, within: Double)
    /// Carry out a step's undo.
    case takeBack(Step, within: Double)
    /// Carry out what a step does at its end.
    case cleanUp(Step, within: Double)
    /// See what is down, after a pause.
    case observe(after: Double, number: Int)
    /// Note down how a step ended.
    case finish(Step, StepEnd)
    /// Tell what a step's gate waits for.
    case waiting(Step, String)
    /// Tell that a step is ready, and what it is held back by; `nil`: by nothing any more.
    case held(Step, String?)
    /// It is over.
    case end(ExecutionResult)
  }

  /// Between two looks at a gate: a look is a few hundred microseconds to the monitors and some tens of milliseconds to a
  /// router.
  static let lookPause = 0.5
  /// Between two looks at what is down, while steps are held back.
  static let observePause = 2.0
  /// For what a step does at its end: commands to the monitors.
  static let cleanUpLimit = 60.0

  private let schedule: Schedule
  private let forks: Int
  private var running: [String: Life] = [:]
  private var passed: Set<String> = []
  private var failures: [String: String] = [:]
  private var isStopped = false
  private var isOver = false
  /// What is down, as far as it may be relied on: it is forgotten whenever we take something down or bring it up.
  private var condition: Condition?
  private var observation = (number: 0, isUnderWay: false)
  private var held: (step: Step, reason: String)?

  /// Where a step that runs is.
  private struct Life: Sendable {
    var step: Step
    /// When its gate must be open, in seconds.
    var deadline: Double
    var phase = Phase.acting
    /// What its gate was said to wait for.
    var said = ""
    var least = UInt64.max

    enum Phase: Sendable {
      case acting, asking
      /// With the reason why its gate stayed shut.
      case takingBack(String)
      /// With how the step ends.
      case cleaningUp(StepEnd)
    }
  }

  /// - Parameters:
  ///   - budget: what may be down together; `nil`: one step at a time takes something down
  ///   - forks: how many steps may run at once
  public init(_ plan: Plan, budget: DisruptionBudget?, forks: Int) {
    schedule = Schedule(plan, budget: budget)
    self.forks = forks
  }

  /// Takes an event in.
  ///
  /// - Parameter now: seconds, of a clock that never goes back
  /// - Returns: what is to be done now
  public mutating func handle(_ event: Event, at now: Double) -> [Order] {
    guard !isOver else { return [] }
    var orders: [Order] = []
    switch event {
    case .begin: break
    case .acted(let id, let failure): acted(id, failure, now, &orders)
    case .looked(let id, let state): looked(id, state, now, &orders)
    case .takenBack(let id, let failure): takenBack(id, failure, &orders)
    case .cleanedUp(let id, let failure): cleanedUp(id, failure, &orders)
    case .observed(let condition, let number): observed(condition, number)
    case .stop: isStopped = true
    }
    beginSteps(now, &orders)
    return orders
  }

  private mutating func acted(_ id: String, _ failure: String?, _ now: Double, _ orders: inout [Order]) {
    guard var life = running[id] else { return }
    if let failure { return end(life.step, .failed(failure), &orders) }
    guard life.step.gate != .none else { return end(life.step, .passed, &orders) }
    life.phase = .asking
    running[id] = life
    orders.append(.look(life.step, after: 0, within: max(0, life.deadline - now)))
  }

  private mutating func looked(_ id: String, _ state: GateState?, _ now: Double, _ orders: inout [Order]) {
    guard var life = running[id] else { return }
    var reason = ""
    switch state {
    case .open: return end(life.step, .passed, &orders)
    case nil: reason = life.said.isEmpty ? "nobody who was asked has answered" : "\(life.said); then no answer"
    case .closed(let words, let left):
      reason = words
      if let left, left < life.least {
        life.least = left
        life.deadline = max(life.deadline, now + Double(life.step.deadline))
      }
      if words != life.said { orders.append(.waiting(life.step, words)) }
      life.said = words
    }
    guard now >= life.deadline else {
      running[id] = life
      let pause = state == nil ? 0 : Self.lookPause
      orders.append(.look(life.step, after: pause, within: max(0, life.deadline - now - pause)))
      return
    }
    let failure = "its gate did not open within \(life.step.deadline) s: \(reason)"
    guard life.step.undo != nil else { return end(life.step, .failed(failure), &orders) }
    life.phase = .takingBack(failure)
    running[id] = life
    orders.append(.takeBack(life.step, within: Double(life.step.deadline)))
  }

  private mutating func takenBack(_ id: String, _ failure: String?, _ orders: inout [Order]) {
    guard let life = running[id], case .takingBack(let reason) = life.phase else { return }
    end(
      life.step,
      failure.map { .failed("\(reason); and could not be taken back: \($0)") }
        ?? .takenBack("\(reason); taken back to what was before"), &orders)
  }

  private mutating func observed(_ found: Condition, _ number: Int) {
    guard number == observation.number else { return }
    observation.isUnderWay = false
    condition = found
  }

  private mutating func cleanedUp(_ id: String, _ failure: String?, _ orders: inout [Order]) {
    guard let life = running[id], case .cleaningUp(let end) = life.phase else { return }
    guard let failure else { return finish(life.step, end, &orders) }
    let reason = "what it did for its time only stays: \(failure)"
    switch end {
    case .passed: finish(life.step, .failed(reason), &orders)
    case .failed(let first), .takenBack(let first): finish(life.step, .failed("\(first); and \(reason)"), &orders)
    }
  }

  private mutating func end(_ step: Step, _ end: StepEnd, _ orders: inout [Order]) {
    guard step.after != nil else { return finish(step, end, &orders) }
    running[step.id]?.phase = .cleaningUp(end)
    orders.append(.cleanUp(step, within: Self.cleanUpLimit))
  }

  private mutating func finish(_ step: Step, _ end: StepEnd, _ orders: inout [Order]) {
    running[step.id] = nil
    switch end {
    case .passed: passed.insert(step.id)
    case .failed(let reason), .takenBack(let reason): failures[step.id] = reason
    }
    if !step.takesDown.isEmpty { forgetCondition() }
    orders.append(.finish(step, end))
  }

  /// What was observed, or is being observed now, may be otherwise already.
  private mutating func forgetCondition() {
    condition = nil
    observation.number += 1
    observation.isUnderWay = false
  }

  private mutating func beginSteps(_ now: Double, _ orders: inout [Order]) {
    if failures.isEmpty, !isStopped {
      let ready = schedule.ready(
        passed: passed, running: running.values.map(\.step), busy: busy, in: condition, room: forks - running.count)
      // Without a look nothing is known of what is held back.
      if condition != nil { tell(ready.held, &orders) }
      for step in ready.steps { begin(step, now, &orders) }
      if ready.steps.contains(where: { !$0.takesDown.isEmpty }) { forgetCondition() }
      // One that is ready to take something down waits for a fresh look, or for what is down to come back.
      if ready.held != nil || ready.needsCondition, !observation.isUnderWay {
        let pause = condition == nil ? 0 : Self.observePause
        forgetCondition()
        observation.isUnderWay = true
        orders.append(.observe(after: pause, number: observation.number))
      }
      if ready.held != nil || ready.needsCondition { return }
    }
    guard running.isEmpty else { return }
    isOver = true
    let steps = schedule.plan.steps.map(\.id)
    orders.append(
      .end(
        ExecutionResult(
          passed: steps.filter(passed.contains), failures: failures,
          left: steps.filter { !passed.contains($0) && failures[$0] == nil })))
  }

  private mutating func begin(_ step: Step, _ now: Double, _ orders: inout [Order]) {
    running[step.id] = Life(step: step, deadline: now + Double(step.deadline))
    orders.append(.act(step, within: Double(step.deadline)))
  }

  private mutating func tell(_ now: (step: Step, reason: String)?, _ orders: inout [Order]) {
    if let held, now?.step.id != held.step.id { orders.append(.held(held.step, nil)) }
    if let now, held?.step.id != now.step.id || held?.reason != now.reason {
      orders.append(.held(now.step, now.reason))
    }
    held = now
  }

  /// Hosts that are being changed: one step at a time. One that may have to be taken back keeps its host until its gate is
  /// open: the way back must not wait for another step there.
  private var busy: Set<String> {
    Set(
      running.values.filter { life in
        switch life.phase {
        case .acting, .takingBack: true
        case .asking: life.step.undo != nil
        case .cleaningUp: false
        }
      }.compactMap(\.step.host))
  }
}

/// How a step ended.
public enum StepEnd: Sendable, Hashable {
  case passed
  case failed(String)
  /// Its gate stayed shut, and it was taken back.
  case takenBack(String)
}

/// How a plan's execution ended.
public struct ExecutionResult: Sendable, Hashable {
  public var passed: [String]
  /// Step's id to the reason.
  public var failures: [String: String]
  /// Ids of the steps that were not begun.
  public var left: [String]

  public init(passed: [String], failures: [String: String], left: [String]) {
    self.passed = passed
    self.failures = failures
    self.left = left
  }

  public var isDone: Bool { failures.isEmpty && left.isEmpty }
}
