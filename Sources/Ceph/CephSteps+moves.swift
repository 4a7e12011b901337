import Design
import HostProtocol
import Plan

extension CephSteps {
  /// Monitors that are at other addresses than they should be, as when a site gets a fabric of its own, and where they
  /// go.
  var movingMons: [(name: String, wanted: String)] {
    guard let state else { return [] }
    return ceph.mons.compactMap(monAddresses).filter { name, wanted in state.mons[name].map { $0 != wanted } ?? false }
      .map { (name: $0, wanted: $1) }
  }

  /// Tells all monitors the new address of one. It stops when it finds another address for itself in the map, and takes
  /// that when it is started again.
  ///
  /// - Returns: the step's id
  func addMove(of name: String, to wanted: String, to assembly: inout Assembly, needs: [String]) -> String {
    let id = "ceph/move-mon.\(name)"
    assembly.mon(
      id, title: "mon.\(name) moves from \(state?.mons[name] ?? "nowhere")", phase: "ceph monitors", via: ceph.mons,
      commands: [MonChange(.make("mon set-addrs", ["name": .text(name), "addrs": .text(wanted)]))], needs: needs,
      takesDown: [.mon(name)])
    return id
  }

  /// Gives the numbers of OSDs whose disks were replaced to the new disks, when nothing waits for what was lost.
  ///
  /// - Returns: the steps that the new OSDs need
  func addReplacements(to assembly: inout Assembly, differences: [String: [String: Difference]]) -> [String] {
    let replaced = ceph.osds.compactMap { osd -> (osd: OSDDesign, id: Int)? in
      // One that has never been up was registered a moment ago, by a rollout that was cut off: it lacks nothing.
      guard let known = state?.osd(uuid: osd.disk.uuid), !known.up, known.upFrom > 0,
        let difference = differences[osd.host]?["ceph-osd:\(known.id)"], difference.hasEmptyDevice(osd.disk.path)
      else { return nil }
      return (osd, known.id)
    }
    guard !replaced.isEmpty else { return [] }
    let names = replaced.map { "osd.\($0.id) (\($0.osd.host):\($0.osd.disk.path))" }.joined(separator: ", ")
    assembly.wait(
      "ceph/replaceable", title: "nothing waits for the former disks of \(names)", phase: "ceph register",
      needs: ["ceph/quorum"], gate: .active, isShut: true)
    mon(
      "ceph/replace", "new disks for \(names)", replaced.flatMap { changes.replacement($0.osd, $0.id) }, to: &assembly,
      needs: ["ceph/replaceable"])
    return ["ceph/replace"]
  }
}

extension Difference {
  /// Whether an OSD's device holds nothing. A file that is not there will be made; a disk that is not there may come
  /// back, with all that is on it.
  fileprivate func hasEmptyDevice(_ path: String) -> Bool {
    changes.contains { $0.attribute == "device" && ($0.from == "blank" || $0.from == nil && !path.hasPrefix("/dev/")) }
  }
}
