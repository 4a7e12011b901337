import Design
import HostProtocol

/// One node of a plan: what it does, what it needs, what it takes down, the health that must hold after it.
public struct Step: Sendable, Hashable, Codable, Identifiable {
  /// Unique in its plan and readable: `a1/fabric`, `ceph/pools`.
  public var id: String
  /// For people: `start routing on a1`.
  public var title: String
  /// Groups steps for display, in the order in which a plan first names them.
  public var phase: String
  /// Ids of the steps that must have passed before.
  public var needs: [String]
  /// Carried out before the action, as a part of it.
  public var before: Action?
  public var action: Action
  /// Carried out at the step's end, however it ends, if it was begun; also by the rollout that goes on with it. What
  /// `before` has done for the time of the step is taken back by it.
  public var after: Action?
  /// What is observed to differ; the reason for the step.
  public var why: [Difference]
  /// What cannot be relied on while the step runs.
  public var takesDown: [Component]
  public var gate: Gate
  /// Carried out when the gate does not open; `nil` where going back would do harm.
  public var undo: Action?
  /// For the action and its gate together, in seconds.
  public var deadline: Int

  public init(
    id: String, title: String, phase: String, needs: [String] = [], before: Action? = nil, action: Action,
    after: Action? = nil, why: [Difference] = [], takesDown: [Component] = [], gate: Gate = .none, undo: Action? = nil,
    deadline: Int = 600
  ) {
    self.id = id
    self.title = title
    self.phase = phase
    self.needs = needs
    self.before = before
    self.action = action
    self.after = after
    self.why = why
    self.takesDown = takesDown
    self.gate = gate
    self.undo = undo
    self.deadline = deadline
  }
}

extension Step {
  /// How this step, saved, differs from the same one planned now: a line for each attribute of a resource that is
  /// observed otherwise, else for what the step would do otherwise.
  func moves(to now: Step) -> [String] {
    func observed(_ step: Step) -> [String: Change] {
      let changes = step.why.flatMap { difference in
        difference.changes.map { ("\(difference.resource) \($0.attribute)", $0) }
      }
      return Dictionary(changes) { first, _ in first }
    }
    let (then, today) = (observed(self), observed(now))
    let names = Set(then.keys).union(today.keys).sorted().filter { then[$0] != today[$0] }
    guard names.isEmpty else {
      return names.map { name in
        guard let change = today[name] else { return "\(id): \(name) is as desired by now" }
        guard then[name] != nil else { return "\(id): \(name) has to change now, too" }
        return "\(id): \(name) is \(change.isLong ? "another text" : change.from ?? "missing") now"
      }
    }
    if action != now.action { return ["\(id): would do something else now"] }
    return ["\(id): would wait for, need or take down something else now"]
  }
}

/// What a step does. Data, so that a plan can be saved, compared and reviewed.
public enum Action: Sendable, Hashable, Codable {
  /// Nothing but waiting for the step's gate.
  case wait
  /// Brings resources of one host into their state.
  case converge(host: String, resources: [Resource])
  /// Stops these units of a node, in their order, then those of `lastly`, and boots it anew.
  case reboot(node: String, stopping: [String], lastly: LastStop? = nil)
  /// Stops these units of a node, in their order, then those of `lastly`, has its operating system installed anew unless it has booted since that boot, waits
  /// until it is back, and brings its resources into their state.
  case reimage(
    node: String, stopping: [String], since: BootIdentity, resources: [Resource], lastly: LastStop? = nil)
  /// Commands to the Ceph monitors, in order, sent from the first of the hosts that can be reached.
  case mon(via: [String], commands: [MonChange])
}

extension Action {
  /// Whether the host must answer for it; what is installed anew may lie on the ground.
  var needsHost: Bool { if case .reimage = self { false } else { true } }

  /// Whether packages may have to be fetched, which takes its time on a slow line.
  public var installsPackages: Bool {
    let resources: [Resource]
    switch self {
    case .converge(_, let wanted), .reimage(_, _, _, let wanted, _): resources = wanted
    case .wait, .reboot, .mon: return false
    }
    return resources.contains { if case .package = $0 { true } else { false } }
  }
}

/// Units that are stopped when the site has taken in that the former ones have gone.
public struct LastStop: Sendable, Hashable, Codable {
  /// What must hold before.
  public var gate: Gate
  /// In their order.
  public var units: [String]

  public init(when gate: Gate, units: [String]) {
    self.gate = gate
    self.units = units
  }
}

/// A command to the monitors, with its reason.
public struct MonChange: Sendable, Hashable, Codable {
  public var command: MonCommand
  /// Member of the JSON reply to the number it must have: `osd new` must give the OSD the number that was planned.
  public var expect: [String: Int]

  public init(_ command: MonCommand, expect: [String: Int] = [:]) {
    self.command = command
    self.expect = expect
  }
}
