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
  public var action: Action
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
    id: String, title: String, phase: String, needs: [String] = [], action: Action, why: [Difference] = [],
    takesDown: [Component] = [], gate: Gate = .none, undo: Action? = nil, deadline: Int = 600
  ) {
    self.id = id
    self.title = title
    self.phase = phase
    self.needs = needs
    self.action = action
    self.why = why
    self.takesDown = takesDown
    self.gate = gate
    self.undo = undo
    self.deadline = deadline
  }
}

/// What a step does. Data, so that a plan can be saved, compared and reviewed.
public enum Action: Sendable, Hashable, Codable {
  /// Nothing but waiting for the step's gate.
  case wait
  /// Brings resources of one host into their state.
  case converge(host: String, resources: [Resource])
  /// Commands to the Ceph monitors, in order, sent from the first of the hosts that can be reached.
  case mon(via: [String], commands: [MonChange])
}

extension Action {
  /// Whether packages may have to be fetched, which takes its time on a slow line.
  public var installsPackages: Bool {
    guard case .converge(_, let resources) = self else { return false }
    return resources.contains { if case .package = $0 { true } else { false } }
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
