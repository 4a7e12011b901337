import Design
import Foundation
import HostProtocol

/// Names what a plan would do: two plans of the same digest do the same, in the same order, behind the same gates.
///
/// What is only observed is left out: why a step is needed, and the epochs, global ids and boots that its gate compares
/// with. So the plan of a twin has the digest of the site's own plan. Titles, phases and notes are for people, and left
/// out too.
public struct PlanDigest: Sendable, Hashable, CustomStringConvertible {
  /// `sha256:` and 64 lower-case hexadecimal digits.
  public let description: String

  private static let prefix = "sha256:"

  /// - Throws: what `JSONEncoder` throws; no plan of ours makes it
  public init(_ plan: Plan) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let doing = PlanDoing(site: plan.site, steps: plan.steps.map(StepDoing.init))
    description = Self.prefix + SHA256.hex(Array(try encoder.encode(doing)))
  }

  /// Reads what `description` says.
  ///
  /// - Returns: `nil` where the text is no digest
  public init?(_ text: String) {
    let digits = text.dropFirst(Self.prefix.count)
    guard text.hasPrefix(Self.prefix), digits.utf8.count == 64,
      digits.allSatisfy({ $0.isASCII && $0.isHexDigit && !$0.isUppercase })
    else { return nil }
    description = text
  }
}

extension Plan {
  /// Whether this is what is left of a plan that was cut off: each of its steps only waits, or does what the step of
  /// that id was to do.
  public func isRest(of begun: Plan) -> Bool {
    let planned = Dictionary(begun.steps.map { ($0.id, StepDoing($0)) }) { first, _ in first }
    return !steps.isEmpty && site == begun.site
      && steps.allSatisfy { step in
        guard var known = planned[step.id] else { return false }
        var now = StepDoing(step)
        guard now.action != .wait else { return true }
        // What has passed is no need any more.
        (known.needs, now.needs) = ([], [])
        return known == now
      }
  }
}

private struct PlanDoing: Encodable {
  var site: String
  var steps: [StepDoing]
}

/// What a step does, without what is only observed.
private struct StepDoing: Encodable, Hashable {
  var id: String
  var needs: [String]
  var before: Action?
  var action: Action
  var after: Action?
  var undo: Action?
  var takesDown: [Component]
  var gate: Gate
  var deadline: Int

  init(_ step: Step) {
    id = step.id
    needs = step.needs
    before = step.before?.lasting
    action = step.action.lasting
    after = step.after?.lasting
    undo = step.undo?.lasting
    takesDown = step.takesDown
    gate = step.gate.lasting
    deadline = step.deadline
  }
}

extension BootIdentity {
  fileprivate static let any = BootIdentity(kernel: "", firstProcess: "")
}

extension Gate {
  /// Without what was observed when the plan was made.
  fileprivate var lasting: Gate {
    switch self {
    case .all(let gates): .all(of: gates.map(\.lasting))
    case .rebooted(let node, _): .rebooted(node: node, since: .any)
    case .mgrRestarted(let mgr, _, let count): .mgrRestarted(mgr: mgr, after: 0, count: count)
    case .osdRestarted(let id, _, let release): .osdRestarted(id: id, after: 0, release: release)
    case .none, .reachable, .routing, .quorum, .monRestarted, .mgrs, .osdsUp, .release, .active, .clean, .upmapped,
      .drained, .osdsDown, .healthy:
      self
    }
  }
}

extension Action {
  /// Without what was observed when the plan was made.
  fileprivate var lasting: Action {
    switch self {
    case .reboot(let node, let units, let last): .reboot(node: node, stopping: units, lastly: last?.lasting)
    case .reimage(let node, let units, _, let resources, let last):
      .reimage(node: node, stopping: units, since: .any, resources: resources, lastly: last?.lasting)
    case .wait, .converge, .mon: self
    }
  }
}

extension LastStop {
  fileprivate var lasting: LastStop { LastStop(when: gate.lasting, units: units) }
}
