import Guarantees
import HostProtocol
import Plan

/// What an upgrade adds to the steps that install packages and restart daemons: the order of Ceph's own procedure, first
/// monitors, then managers, then OSDs; and after each kind the daemons' own word for what they run.
extension CephSteps {
  /// In seconds: whoever brings a host back may take the weekend.
  private static let patience = 7 * 24 * 3600

  static func isBack(_ host: String) -> String { "\(host)/returns" }

  /// Whether a group of a host becomes another release: its packages are to, and then the daemons that run.
  ///
  /// - Parameters:
  ///   - differences: resource's id to its difference; `nil`: nobody knows
  ///   - isHidden: whether the host cannot be reached: that it lacks the release is sure enough
  func isUpgraded(_ group: CephGroup, _ differences: [String: Difference]?, isHidden: Bool) -> Bool {
    guard goal != nil else { return false }
    switch group.kind {
    case .host: return isHidden
    case .mon, .mgr, .osd: return isHidden || differences?.keys.contains { $0.hasPrefix("package:ceph-") } ?? false
    case .client, .formerMon, .formerMgr, .formerOSD: return false
    }
  }

  /// An OSD of a host that cannot be reached may run the release already, and then has no reason to come up again.
  static func gateOfHidden(_ gate: Gate) -> Gate {
    guard case .osdRestarted(let id, _, let release) = gate else { return gate }
    return .osdRestarted(id: id, after: 0, release: release)
  }

  /// Waits for hosts that cannot be reached now.
  func addReturns(of hidden: Set<String>, to assembly: inout Assembly) {
    guard goal != nil else { return }
    for host in hidden.sorted() {
      assembly.wait(
        Self.isBack(host), title: "\(host) can be reached again", phase: "ceph hosts", needs: [],
        gate: .reachable(nodes: [host]), isShut: true, deadline: Self.patience)
    }
  }

  /// - Returns: what managers wait for
  func addUpgradeOfMons(to assembly: inout Assembly) -> [String] {
    guard let goal else { return [] }
    assembly.wait(
      "ceph/monitors-\(goal.series)", title: "all monitors run \(goal)", phase: "ceph monitors",
      needs: ["ceph/quorum"], gate: .release(atLeast: goal.series, kinds: ["mon"]), isShut: true)
    return ["ceph/monitors-\(goal.series)"]
  }

  /// - Returns: what OSDs wait for
  func addUpgradeOfMgrs(to assembly: inout Assembly) -> [String] {
    guard let goal else { return [] }
    assembly.wait(
      "ceph/managers-\(goal.series)", title: "all managers run \(goal)", phase: "ceph managers",
      needs: ["ceph/managers"], gate: .release(atLeast: goal.series, kinds: ["mgr"]), isShut: true)
    // Deprecated since 18.2, whose managers cannot load it beside others that use bcrypt: health would stay at a warning.
    // Only now: whatever changes their modules makes all managers start anew, and one that is about to restart by its own
    // step would be taken for restarted.
    let restful = state?.modules.contains("restful") ?? false
    mon(
      "ceph/modules", "manager modules that \(goal.series) no longer has",
      restful ? [MonChange(.make("mgr module disable", ["module": "restful"]))] : [], to: &assembly,
      needs: ["ceph/managers-\(goal.series)"])
    return ["ceph/managers-\(goal.series)", "ceph/modules"]
  }

  /// - Returns: the upgrade's last step
  func addUpgradeOfOSDs(to assembly: inout Assembly, needs: [String]) -> [String] {
    guard let goal else { return [] }
    assembly.wait(
      "ceph/osds-\(goal.series)", title: "all OSDs run \(goal)", phase: "ceph OSDs", needs: needs,
      gate: .release(atLeast: goal.series, kinds: ["mon", "mgr", "osd"]), isShut: true)
    mon(
      "ceph/require-\(goal.name)", "no daemon before \(goal) may join any more",
      [MonChange(.make("osd require-osd-release", ["release": .text(goal.name)]))], to: &assembly,
      needs: ["ceph/osds-\(goal.series)"])
    return ["ceph/require-\(goal.name)"]
  }
}
