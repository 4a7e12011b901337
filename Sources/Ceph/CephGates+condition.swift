import Design
import Guarantees
import Hosts

extension CephGates {
  /// What of a cluster is down, and where its copies lie, by the word of any monitor that answers.
  ///
  /// - Parameter ceph: the cluster's design
  /// - Returns: with no word from anybody, all monitors are down
  public func condition(of ceph: CephDesign) async -> Condition {
    for host in mons {
      guard let session = try? await sessions.watching(host), let found = try? await condition(ceph, session) else {
        continue
      }
      return found
    }
    return Condition(down: Set(ceph.mons.map { .mon($0) }))
  }

  private func condition(_ ceph: CephDesign, _ session: any HostSession) async throws -> Condition {
    let status = try await ClusterStatus.observe(session)
    let state = try await ClusterState.daemons(session)
    let osds = state.osds
    var down: Set<Component> = []
    var numbers: [Component: Int] = [:]
    for osd in ceph.osds {
      let component = Component.osd(host: osd.host, disk: osd.disk.path)
      guard let known = osds.first(where: { $0.uuid == osd.disk.uuid }) else { continue }
      numbers[component] = known.id
      // One that has never been up holds nothing that could be missed.
      if !known.up, known.upFrom > 0 { down.insert(component) }
    }
    for mon in ceph.mons where state.mons.contains(mon) && !status.quorum.contains(mon) { down.insert(.mon(mon)) }
    for mgr in ceph.mgrs where state.knownMgrs.contains(mgr) && !state.mgrs.contains(mgr) { down.insert(.mgr(mgr)) }
    let cluster = try await ClusterDumps(asking: session, brief: true).cluster()
    return Condition(down: down, cluster: PlacedSimulation(cluster), numbers: numbers)
  }
}
