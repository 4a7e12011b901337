import Design
import HostProtocol
import Plan

/// What leaves: monitors when the others have a quorum, OSDs when their data lies elsewhere.
extension CephSteps {
  static func leave(_ mon: String) -> String { "ceph/leave-mon.\(mon)" }

  /// One after the other: the quorum is asked for after each.
  ///
  /// - Returns: the last of the steps; none where no monitor leaves
  func addMonDepartures(to assembly: inout Assembly, needs: [String]) -> [String] {
    var last = needs
    for name in departures.mons {
      assembly.mon(
        Self.leave(name), title: "mon.\(name) leaves the quorum", phase: "ceph monitors", via: ceph.mons,
        commands: [MonChange(.make("mon rm", ["name": .text(name)]))], needs: last, takesDown: [.mon(name)],
        gate: .quorum(mons: ceph.mons))
      last = [Self.leave(name)]
    }
    return departures.mons.isEmpty ? [] : last
  }

  /// Sends the data of leaving OSDs to the others, by the CRUSH weight: it moves once, and stays when they are gone.
  ///
  /// - Returns: the step after which the OSDs hold nothing that is needed
  func addDrain(to assembly: inout Assembly, needs: [String]) -> [String] {
    guard !departures.osds.isEmpty else { return [] }
    let commands = departures.osds.flatMap { osd -> [MonChange] in
      let weight = MonCommand.make("osd crush reweight", ["name": .text("osd.\(osd.id)"), "weight": .decimal(0)])
      let out = MonCommand.make("osd out", ["ids": .list(["\(osd.id)"])])
      return ((state?.tree.osd(osd.id)?.weight ?? 0) > 0 ? [MonChange(weight)] : []) + (osd.in ? [MonChange(out)] : [])
    }
    assembly.mon(
      "ceph/drain", title: "data moves to the others from \(departures.osdNames)", phase: "ceph OSDs leave",
      via: ceph.mons, commands: commands, needs: needs)
    assembly.wait(
      "ceph/drained", title: "needed no longer: \(departures.osdNames)", phase: "ceph OSDs leave",
      needs: needs + ["ceph/drain"], gate: .drained(osds: departures.osds.map(\.id)), isShut: true)
    return ["ceph/drained"]
  }

  /// Takes drained OSDs, and the buckets that held only them, out of the cluster.
  ///
  /// - Parameter reached: hosts on which a step of their own stops the daemons
  /// - Returns: the last of the steps
  func addPurge(to assembly: inout Assembly, reached: [String], needs: [String]) -> [String] {
    let buckets = departures.emptiedBuckets
    guard !departures.osds.isEmpty || !buckets.isEmpty else { return [] }
    let ids = departures.osds.map(\.id)
    let stopped = Set(reached.flatMap { departures.osds(on: $0).map(\.id) })
    let alone = departures.osds.filter { !stopped.contains($0.id) && $0.up }.map { "\($0.id)" }
    assembly.mon(
      "ceph/stop", title: "OSDs stop on hosts that cannot be reached", phase: "ceph OSDs leave", via: ceph.mons,
      commands: alone.isEmpty ? [] : [MonChange(.make("osd stop", ["ids": .list(alone)]))], needs: needs)
    assembly.wait(
      "ceph/stopped", title: "stopped: \(departures.osdNames)", phase: "ceph OSDs leave", needs: needs + ["ceph/stop"],
      gate: .osdsDown(ids: ids), isShut: !ids.isEmpty)
    // What `ceph osd purge` has the monitors do, when the managers have agreed: the gate above has asked them.
    let purge = ids.map { MonChange(.make("osd purge-actual", ["id": .number($0), "yes_i_really_mean_it": true])) }
    let removals = buckets.map { MonChange(.make("osd crush rm", ["name": .text($0)])) }
    assembly.mon(
      "ceph/purge",
      title: "gone for good: \((departures.osds.map { "osd.\($0.id)" } + buckets).joined(separator: ", "))",
      phase: "ceph OSDs leave", via: ceph.mons,
      commands: purge + removals, needs: ["ceph/stopped"])
    return ["ceph/purge"]
  }
}
