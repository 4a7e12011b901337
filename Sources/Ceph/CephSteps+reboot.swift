import Design
import Plan

extension CephSteps {
  /// What booting a host means for the cluster's daemons on it.
  public struct Reboot: Sendable {
    /// Units that are stopped before, in their order, while the network is there to tell of it.
    public var units: [String]
    /// The monitor, where there are OSDs as well: the others miss it for seconds, in which they commit no map, and
    /// placement groups that still peer would wait for one. So it stops when all of them are active without its OSDs.
    public var lastly: LastStop?
    public var before: Action?
    public var after: Action?
    /// What must hold when the host is back.
    public var gates: [Gate]
  }

  /// - Returns: `nil` where none of the cluster's daemons runs there
  public func reboot(of node: Node) -> Reboot? {
    guard let state else { return nil }
    // An OSD that is down now need not come up by this.
    let up = ceph.osds.filter { $0.host == node.name && state.osd(uuid: $0.disk.uuid)?.up ?? false }
    let running = groups(node).compactMap(\.runs).filter { running in
      guard case .osd(_, let disk) = running.component else { return true }
      return up.contains { $0.disk.path == disk }
    }
    guard !running.isEmpty else { return nil }
    let osds = up.compactMap { state.osd(uuid: $0.disk.uuid)?.id }
    let mgr = ceph.mgrs.contains(node.name) ? ["ceph-mgr@\(node.name).service"] : []
    let mon = ceph.mons.contains(node.name) ? ["ceph-mon@\(node.name).service"] : []
    let waits = !osds.isEmpty && !mon.isEmpty
    return Reboot(
      units: osds.map { "ceph-osd@\($0).service" } + mgr + (waits ? [] : mon),
      lastly: waits ? LastStop(when: .active, units: mon) : nil,
      before: osds.isEmpty ? nil : noout("set", osds),
      after: osds.isEmpty ? nil : noout("unset", osds), gates: running.map(\.gate))
  }
}
