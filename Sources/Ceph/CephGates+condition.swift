import Design
import Guarantees
import Hosts

extension CephGates {
  /// What of a cluster is down, and where its copies lie, by the word of any monitor that answers.
  public func condition(of ceph: CephDesign) async -> Condition {
    var reason = "no monitor's host can be reached"
    for host in mons {
      do {
        return try await condition(ceph, sessions.watching(host))
      } catch let error as HostError {
        reason = error.description
      } catch {
        reason = "\(error)"
      }
    }
    return Condition(down: [], unknown: reason)
  }

  private func condition(_ ceph: CephDesign, _ session: any HostSession) async throws -> Condition {
    let status = try await ClusterStatus.observe(session)
    let mgrs = try await ClusterState.mgrs(session).map(\.name)
    var condition = Condition(down: [])
    for mon in ceph.mons where !status.quorum.contains(mon) { condition.down.insert(.mon(mon)) }
    for mgr in ceph.mgrs where !mgrs.contains(mgr) { condition.down.insert(.mgr(mgr)) }
    let (osds, groups, _) = try await ClusterState.osds(session)
    for osd in ceph.osds {
      let component = Component.osd(host: osd.host, disk: osd.disk.path)
      guard let known = osds.first(where: { $0.uuid == osd.disk.uuid }) else { continue }
      condition.numbers[component] = known.id
      // One that is out has its data elsewhere, or on the way there, which the placement groups tell; one that has never
      // been up holds none.
      if !known.up, known.in, known.upFrom > 0 { condition.down.insert(component) }
    }
    // Without a pool there are no copies, and maybe no manager yet whom one could ask for them.
    guard groups > 0 else { return condition }
    guard status.mgrAvailable else {
      condition.unknown = "no manager is active"
      return condition
    }
    do {
      condition.cluster = PlacedSimulation(try await ClusterDumps(asking: session, brief: true).cluster())
    } catch {
      condition.unknown = "\(error)"
    }
    return condition
  }
}
