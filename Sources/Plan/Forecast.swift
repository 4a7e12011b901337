import Design
import Guarantees

/// How a plan would be carried out if nothing went wrong: which steps together, for how long, and what is down meanwhile.
public struct Forecast: Sendable, Codable {
  /// Steps that take something down, together at once, in their order.
  public var waves: [Wave]
  /// From the first step to the last, in seconds.
  public var seconds: Double
  /// What cannot be survived, and is down while its step lasts.
  public var downtimes: [Downtime]
  /// Why steps cannot begin as things are now; `nil`: nothing holds them.
  public var held: String?
  /// When each step begins and how long it takes, in the order in which they begin.
  public var spans: [Span]

  public struct Span: Sendable, Hashable, Codable {
    /// Id.
    public var step: String
    /// Seconds after the beginning.
    public var start: Double
    public var seconds: Double
  }

  /// Steps that begin together.
  public struct Wave: Sendable, Hashable, Codable {
    /// Seconds after the beginning.
    public var start: Double
    public var seconds: Double
    /// Ids.
    public var steps: [String]
    public var takesDown: [Component]
  }

  /// A step during which a guarantee does not hold.
  public struct Downtime: Sendable, Hashable, Codable {
    public var step: String
    public var seconds: Double
    public var broken: [Finding]
  }

  /// Carries the plan out in a world where every step takes its time and every gate opens.
  ///
  /// - Parameters:
  ///   - condition: what is down now
  ///   - forks: how many steps may run at once
  ///   - seconds: how long a step takes
  public init(
    _ plan: Plan, budget: DisruptionBudget?, condition: Condition, forks: Int, seconds: (Step) -> Double
  ) {
    var execution = Execution(plan, budget: budget, forks: forks)
    var agenda = Agenda()
    var now = 0.0
    var begun: [(step: Step, start: Double, end: Double)] = []
    held = nil
    var orders = execution.handle(.begin, at: now)
    var isOver = false
    while !isOver {
      for order in orders {
        switch order {
        case .act(let step, _):
          let end = now + seconds(step)
          begun.append((step, now, end))
          agenda.add(.acted(step.id, failure: nil), at: end)
        case .look(let step, _, _): agenda.add(.looked(step.id, .open), at: now)
        case .observe(let pause, let number): agenda.add(.observed(condition, number: number), at: now + pause)
        case .takeBack(let step, _): agenda.add(.takenBack(step.id, failure: nil), at: now)
        case .cleanUp(let step, _): agenda.add(.cleanedUp(step.id, failure: nil), at: now)
        case .held(let step, let reason): held = reason.map { "\(step.id): \($0)" }
        case .finish, .waiting: break
        case .end: isOver = true
        }
      }
      guard !isOver, let (time, event) = agenda.next() else { break }
      now = time
      orders = execution.handle(event, at: now)
      // Held back for good, as things are: looking again would have no end.
      if held != nil, case .observed = event, agenda.isEmpty, !orders.contains(where: \.begins) { break }
    }
    self.seconds = now
    spans = begun.map { Span(step: $0.step.id, start: $0.start, seconds: $0.end - $0.start) }
    waves = Self.waves(begun)
    let schedule = Schedule(plan, budget: budget)
    downtimes = begun.compactMap { item in
      let broken = schedule.downtime(of: item.step, in: condition)
      return broken.isEmpty ? nil : Downtime(step: item.step.id, seconds: item.end - item.start, broken: broken)
    }
  }

  private static func waves(_ begun: [(step: Step, start: Double, end: Double)]) -> [Wave] {
    var waves: [Wave] = []
    for (step, start, end) in begun where !step.takesDown.isEmpty {
      if let last = waves.indices.last, waves[last].start == start {
        waves[last].seconds = max(waves[last].seconds, end - start)
        waves[last].steps.append(step.id)
        waves[last].takesDown += step.takesDown
      } else {
        waves.append(Wave(start: start, seconds: end - start, steps: [step.id], takesDown: step.takesDown))
      }
    }
    return waves
  }
}

extension Execution.Order {
  fileprivate var begins: Bool { if case .act = self { true } else { false } }
}

/// Events that are to come, the next one first.
private struct Agenda {
  private var events: [(time: Double, order: Int, event: Execution.Event)] = []
  private var count = 0

  var isEmpty: Bool { events.isEmpty }

  mutating func add(_ event: Execution.Event, at time: Double) {
    events.append((time, count, event))
    count += 1
  }

  mutating func next() -> (Double, Execution.Event)? {
    guard
      let index = events.indices.min(by: { (events[$0].time, events[$0].order) < (events[$1].time, events[$1].order) })
    else { return nil }
    let (time, _, event) = events.remove(at: index)
    return (time, event)
  }
}
