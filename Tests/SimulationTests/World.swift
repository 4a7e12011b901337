import Design
import HostProtocol
import Plan
import TestSupport

@testable import Guarantees

/// A made-up world: a site, its hosts, a network that loses and delays, faults, an operator, and controllers that crash.
/// Everything follows from a seed.
struct World {
  private let site: SimulatedSite
  private var random: SplitMix64
  private var now = 0.0
  private var agenda: [(time: Double, number: Int, event: Happening)] = []
  private var count = 0
  private(set) var figures = Figures()
  /// What happened, for whoever replays a seed.
  private(set) var log: [String] = []
  private let logs: Bool

  // The site as it really is.
  private var units: [String: UnitState] = [:]
  private var faults: Set<Component> = []
  private var since: [Component: Double] = [:]
  private var isCalm = false

  // What survives a controller.
  private var journal: [(rollout: Int, step: Step, state: StepState)] = []
  private var rollouts = 0
  private var lastDone = 0

  // The controller that is at work, and what it has claimed.
  private var claim = 0
  private var controller: Controller?

  private struct UnitState {
    var version = 0
    /// What our hand has taken down, until it is whole again.
    var isDown = false
    /// Whether it stays down until it is changed once more.
    var isBroken = false
    /// The action that works on it.
    var action: Int?
  }

  private enum StepState { case running, done, undone, failed }

  private struct Controller {
    var execution: Execution
    var rollout: Int
    /// Faults that it has been told of.
    var known: Set<Component> = []
    /// The same, for each observation that is on its way.
    var coming: [Int: Set<Component>] = [:]
    /// Steps that it waits for, and the action that it has sent.
    var waiting: [String: Int] = [:]
  }

  private enum Happening {
    case faultBegins
    case faultEnds(Component)
    case crash, begin, interrupt
    case arrives(claim: Int, action: Int, step: Step, isUndo: Bool, known: Set<Component>)
    case works(action: Int, step: Step, isUndo: Bool, succeeds: Bool, claim: Int)
    case isWhole(unit: String, action: Int)
    case told(claim: Int, Execution.Event, action: Int?)
    case looks(claim: Int, Step)
    case observes(claim: Int, number: Int)
    case calm
  }

  /// Runs a seed to its end.
  ///
  /// - Throws: `Violation`
  static func run(_ seed: UInt64, logs: Bool = false) throws -> World {
    var world = World(seed, logs: logs)
    do { try world.run() } catch var violation as Violation {
      violation.log = world.log
      throw violation
    }
    return world
  }

  private init(_ seed: UInt64, logs: Bool) {
    random = SplitMix64(seed)
    site = SimulatedSite.all.randomElement(using: &random) ?? SimulatedSite.all[0]
    self.logs = logs
    for unit in site.units { units[unit.id] = UnitState() }
  }

  private mutating func run() throws {
    plan(.begin, after: 0)
    if chance(0.8) { plan(.faultBegins, after: seconds(1...60)) }
    if chance(0.6) { plan(.crash, after: seconds(0.1...90)) }
    if chance(0.1) { plan(.interrupt, after: seconds(1...60)) }
    plan(.calm, after: 900)
    var steps = 0
    while let index = agenda.indices.min(by: {
      (agenda[$0].time, agenda[$0].number) < (agenda[$1].time, agenda[$1].number)
    }) {
      let next = agenda.remove(at: index)
      now = next.time
      steps += 1
      guard steps < 20_000 else { throw Violation("it has no end: \(steps) events in \(now) s") }
      try happen(next.event)
      if isCalm, controller == nil, isDesired { return }
    }
    guard isDesired else { throw Violation("it ended, and not where it should: \(wrong), marked \(marks.sorted())") }
  }

  private var wrong: [String] { site.units.map(\.id).filter { units[$0]?.version != 1 || units[$0]?.isDown == true } }
  private var isDesired: Bool { wrong.isEmpty && marks.isEmpty }
  /// What steps have marked for their own time, as `noout`.
  private var marks: Set<String> = []

  /// Everything that is down by our hand.
  private var ours: Set<Component> {
    Set(site.units.filter { units[$0.id]?.isDown == true }.flatMap(\.takesDown))
  }

  // MARK: chance

  private mutating func chance(_ part: Double) -> Bool { Double.random(in: 0..<1, using: &random) < part }
  private mutating func seconds(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &random) }

  /// Milliseconds mostly, seconds sometimes.
  private mutating func latency() -> Double { chance(0.05) ? seconds(1...15) : seconds(0.001...0.2) }
  private mutating func isLost() -> Bool {
    guard !isCalm, chance(0.02) else { return false }
    figures.lost += 1
    return true
  }

  private mutating func plan(_ event: Happening, after delay: Double) {
    agenda.append((now + delay, count, event))
    count += 1
  }

  private mutating func say(_ words: String) {
    if logs { log.append("\(now) \(words)") }
  }

  // MARK: what happens

  private mutating func happen(_ event: Happening) throws {
    switch event {
    case .faultBegins: beginFault()
    case .faultEnds(let component):
      faults.remove(component)
      say("\(component) is back")
    case .crash: crash()
    case .interrupt: if controller != nil { try tell(.stop) }
    case .begin: try beginController()
    case .arrives(let claim, let action, let step, let isUndo, let known):
      try arrive(claim, action, step, isUndo, known)
    case .works(let action, let step, let isUndo, let succeeds, let claim):
      work(action, step, isUndo, succeeds, claim)
    case .isWhole(let unit, let action):
      guard units[unit]?.action == action else { return }
      units[unit]?.action = nil
      units[unit]?.isDown = false
      say("\(unit) is whole")
    case .told(let claim, let event, let action): try told(claim, event, action)
    case .looks(let claim, let step):
      guard !isLost() else { return plan(.told(claim: claim, .looked(step.id, nil), action: nil), after: 5) }
      plan(.told(claim: claim, .looked(step.id, state(of: step.gate)), action: nil), after: latency())
    case .observes(let claim, let number):
      if claim == self.claim { controller?.coming[number] = faults }
      let condition = Condition(down: faults.union(ours))
      plan(.told(claim: claim, .observed(condition, number: number), action: nil), after: latency())
    case .calm:
      isCalm = true
      faults = []
      say("no more faults")
      if controller == nil { plan(.begin, after: 1) }
    }
  }

  private mutating func beginFault() {
    guard !isCalm else { return }
    let nodes = site.design.nodes.map { Component.node($0.name) }
    let links = site.design.links.map { Component.link($0.a.node, $0.b.node) }
    let disks = (site.design.ceph?.osds ?? []).map { Component.osd(host: $0.host, disk: $0.disk.path) }
    guard let component = (nodes + links + disks).randomElement(using: &random) else { return }
    faults.insert(component)
    since[component] = now
    figures.faults += 1
    say("\(component) fails")
    // A host without power takes what works on it along.
    if case .node(let name) = component {
      for unit in site.units where unit.host == name { cutOff(unit.id) }
    }
    plan(.faultEnds(component), after: seconds(5...200))
    if chance(0.5) { plan(.faultBegins, after: seconds(1...120)) }
  }

  /// An action that nobody carries on: it may have done its work, or have left the unit down.
  private mutating func cutOff(_ unit: String) {
    guard let state = units[unit], state.action != nil else { return }
    units[unit]?.action = nil
    if chance(0.5) {
      units[unit]?.version = 1
      units[unit]?.isDown = false
    } else {
      breakDown(unit)
    }
  }

  /// A daemon that is broken is mended by the next change; a host that did not come back, by whoever goes there.
  private mutating func breakDown(_ id: String) {
    guard let unit = site.units.first(where: { $0.id == id }), unit.takesDown == [.node(unit.host)] else {
      units[id]?.isBroken = true
      return
    }
    units[id]?.isDown = false
    faults.insert(.node(unit.host))
    plan(.faultEnds(.node(unit.host)), after: isCalm ? 5 : seconds(30...200))
  }

  private mutating func crash() {
    guard !isCalm, controller != nil else { return }
    controller = nil
    figures.crashes += 1
    say("the controller crashes")
    plan(.begin, after: seconds(1...30))
    if chance(0.5) { plan(.crash, after: seconds(5...120)) }
  }

  /// A controller claims every host, which ends what the one before it has left running there; looks; plans; begins.
  private mutating func beginController() throws {
    guard controller == nil else { return }
    // A node that cannot be reached cannot be claimed: nothing is changed, and the operator tries again.
    guard !faults.contains(where: { if case .node = $0 { true } else { false } }) else {
      return plan(.begin, after: 10)
    }
    claim += 1
    for unit in site.units { cutOff(unit.id) }
    for index in journal.indices where journal[index].state == .running { journal[index].state = .failed }
    let needed = Set(wrong)
    let unproven = rollouts > lastDone ? self.unproven : nil
    let made = try site.plan(needed: needed, proving: unproven)
    guard made.defects.isEmpty else { throw Violation("the plan is none: \(made.defects)") }
    guard !made.isEmpty else { return }
    rollouts += 1
    figures.rollouts += 1
    say("rollout \(rollouts): \(made.steps.map(\.id))")
    controller = Controller(execution: Execution(made, budget: site.budget, forks: 4), rollout: rollouts)
    try tell(.begin)
  }

  private var unproven: Unproven {
    var unproven = Unproven()
    for entry in journal where entry.rollout > lastDone {
      switch entry.state {
      case .done, .undone: unproven.steps[entry.step.id] = nil
      case .running, .failed: unproven.steps[entry.step.id] = entry.step
      }
    }
    return unproven
  }

  // MARK: the controller

  private mutating func told(_ claim: Int, _ event: Execution.Event, _ action: Int?) throws {
    // What is for a controller that has ended reaches nobody.
    guard claim == self.claim, controller != nil else { return }
    switch event {
    case .acted(let id, _), .takenBack(let id, _):
      guard controller?.waiting[id] == action else { return }
      controller?.waiting[id] = nil
    case .observed(let condition, let number):
      say("observed \(number): down \(condition.down.sorted())")
      if let known = controller?.coming.removeValue(forKey: number) { controller?.known = known }
    default: break
    }
    try tell(event)
  }

  private mutating func tell(_ event: Execution.Event) throws {
    guard let orders = controller?.execution.handle(event, at: now) else { return }
    for order in orders { try obey(order) }
  }

  private mutating func obey(_ order: Execution.Order) throws {
    guard let current = controller else { return }
    switch order {
    case .act(let step, let limit):
      journal.append((current.rollout, step, .running))
      say("begins \(step.id)")
      if step.before != nil { marks.insert(step.id) }
      send(step, isUndo: false, within: limit)
    case .takeBack(let step, let limit): send(step, isUndo: true, within: limit)
    case .cleanUp(let step, let limit):
      guard !isLost() else {
        return plan(.told(claim: claim, .cleanedUp(step.id, failure: "no answer"), action: nil), after: limit)
      }
      marks.remove(step.id)
      plan(.told(claim: claim, .cleanedUp(step.id, failure: nil), action: nil), after: latency())
    case .look(let step, let pause, _): plan(.looks(claim: claim, step), after: pause + latency())
    case .observe(let pause, let number): plan(.observes(claim: claim, number: number), after: pause + latency())
    case .finish(let step, let end):
      guard let index = journal.lastIndex(where: { $0.rollout == current.rollout && $0.step.id == step.id }) else {
        throw Violation("\(step.id) ends and was never begun")
      }
      switch end {
      case .passed: journal[index].state = .done
      case .failed: journal[index].state = .failed
      case .takenBack: journal[index].state = .undone
      }
      say("\(step.id): \(end)")
    case .waiting: break
    case .held(let step, let reason):
      if reason != nil { figures.held += 1 }
      say("held \(step.id): \(reason ?? "no longer")")
    case .end(let result):
      say("over: \(result.isDone ? "done" : "halted") \(result.failures)")
      controller = nil
      if result.isDone {
        lastDone = current.rollout
        guard isDesired else { throw Violation("it calls done what is not: \(wrong), marked \(marks.sorted())") }
      } else {
        figures.halts += 1
        plan(.begin, after: seconds(1...60))
      }
    }
  }

  private mutating func send(_ step: Step, isUndo: Bool, within limit: Double) {
    count += 1
    let action = count
    controller?.waiting[step.id] = action
    let failure: Execution.Event =
      isUndo ? .takenBack(step.id, failure: "no answer") : .acted(step.id, failure: "not done within \(limit) s")
    plan(.told(claim: claim, failure, action: action), after: limit)
    guard step.host != nil else {
      return plan(
        .told(claim: claim, isUndo ? .takenBack(step.id, failure: nil) : .acted(step.id, failure: nil), action: action),
        after: 0)
    }
    if !isLost() {
      plan(
        .arrives(claim: claim, action: action, step: step, isUndo: isUndo, known: controller?.known ?? []),
        after: latency())
    }
  }

  // MARK: the hosts

  private mutating func arrive(
    _ claim: Int, _ action: Int, _ step: Step, _ isUndo: Bool, _ known: Set<Component>
  ) throws {
    guard let host = step.host, claim == self.claim else { return }
    func reply(_ failure: String?) -> Execution.Event {
      isUndo ? .takenBack(step.id, failure: failure) : .acted(step.id, failure: failure)
    }
    guard !faults.contains(.node(host)) else {
      return plan(.told(claim: claim, reply("\(host) cannot be reached"), action: action), after: seconds(1...10))
    }
    let isBusy = site.units.contains { $0.host == host && units[$0.id]?.action != nil && $0.id != step.id }
    // What is whole in a moment is no action that is under way.
    if isBusy, site.units.contains(where: { $0.host == host && $0.id != step.id && isAtWork($0.id) }) {
      throw Violation("two actions at once on \(host)")
    }
    let before = ours
    units[step.id]?.isDown = true
    units[step.id]?.isBroken = false
    units[step.id]?.action = action
    atWork.insert(action)
    try judge(step, known, before: before)
    let succeeds = isCalm || !chance(0.03)
    plan(
      .works(action: action, step: step, isUndo: isUndo, succeeds: succeeds, claim: claim), after: seconds(0.2...25))
  }

  /// How old a controller's knowledge may be: a look and an action that are both late.
  private static let patience = 60.0

  private var atWork: Set<Int> = []

  private func isAtWork(_ unit: String) -> Bool { units[unit]?.action.map(atWork.contains) ?? false }

  /// Whether our hand has broken a promise: by what it has taken down, together with the faults that it knew of.
  private mutating func judge(_ step: Step, _ known: Set<Component>, before: Set<Component>) throws {
    figures.taken += 1
    let ours = ours
    // Mending what has been down all along breaks nothing.
    let already = Set(site.budget.broken(down: faults.union(before)).map(\.guarantee))
    guard let broken = site.budget.broken(down: ours.union(faults)).first(where: { !already.contains($0.guarantee) })
    else { return }
    // What cannot be survived is announced, and alone.
    if !site.budget.downtime(of: Set(step.takesDown)).isEmpty, ours.isSubset(of: step.takesDown) { return }
    // It was lost when the controller looked, and came back by itself before the action did.
    guard site.budget.added(Set(step.takesDown), to: known).touches(broken.guarantee) else {
      figures.coincidences += 1
      return
    }
    // What it had been told of, and what it should have been told of by then.
    let known = known.union(faults.filter { (since[$0] ?? now) < now - Self.patience })
    // What had failed when it looked, and is no fault any more, does not count.
    if let blame = site.budget.broken(down: ours.union(known.intersection(faults))).first(where: {
      $0.guarantee == broken.guarantee
    }) {
      throw Violation(
        "\(step.id) broke \(blame.guarantee): \(blame.why); ours \(ours.sorted()), known \(known.sorted())")
    }
    figures.coincidences += 1
  }

  private mutating func work(_ action: Int, _ step: Step, _ isUndo: Bool, _ succeeds: Bool, _ claim: Int) {
    atWork.remove(action)
    guard units[step.id]?.action == action else { return }
    let reply: Execution.Event
    if succeeds {
      units[step.id]?.version = isUndo ? 0 : 1
      plan(.isWhole(unit: step.id, action: action), after: seconds(0...20))
      reply = isUndo ? .takenBack(step.id, failure: nil) : .acted(step.id, failure: nil)
    } else {
      figures.failures += 1
      units[step.id]?.action = nil
      breakDown(step.id)
      reply = isUndo ? .takenBack(step.id, failure: "it broke") : .acted(step.id, failure: "it broke")
    }
    if !isLost() { plan(.told(claim: claim, reply, action: action), after: latency()) }
  }

  private func state(of gate: Gate) -> GateState {
    switch gate {
    case .routing(let ids, _):
      let open = ids.allSatisfy { id in
        guard let unit = site.units.first(where: { $0.id == id }), let state = units[id] else { return false }
        return state.version == 1 && !state.isDown && faults.isDisjoint(with: unit.takesDown + [.node(unit.host)])
      }
      return open ? .open : .closed("not whole")
    default:
      return ours.isEmpty && faults.isEmpty ? .open : .closed("something is down")
    }
  }
}

/// What a run has seen.
struct Figures: Equatable {
  var faults = 0
  var crashes = 0
  var lost = 0
  var failures = 0
  var rollouts = 0
  var halts = 0
  /// How often a step was held back.
  var held = 0
  /// Steps that took something down.
  var taken = 0
  /// Failures between the look and the step, which nobody could know of.
  var coincidences = 0

  static func + (a: Figures, b: Figures) -> Figures {
    Figures(
      faults: a.faults + b.faults, crashes: a.crashes + b.crashes, lost: a.lost + b.lost,
      failures: a.failures + b.failures, rollouts: a.rollouts + b.rollouts, halts: a.halts + b.halts,
      held: a.held + b.held, taken: a.taken + b.taken, coincidences: a.coincidences + b.coincidences)
  }
}

/// What must never be.
struct Violation: Error, CustomStringConvertible {
  var words: String
  var log: [String] = []

  init(_ words: String) { self.words = words }

  var description: String { words }
}
