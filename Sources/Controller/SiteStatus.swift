import Ceph
import Design
import Fabric
import Hosts

/// How a site is, as its hosts and engines say right now.
public struct SiteStatus: Sendable, Codable {
  public var site: String
  public var hosts: Hosts
  /// `nil` in a site without a fabric.
  public var fabric: Fabric?
  /// `nil` where the site has no Ceph, or it does not answer (then `problems` tells).
  public var ceph: ClusterStatus?
  /// Everything that is not as it should be, for people.
  public var problems: [String]

  public struct Hosts: Sendable, Codable {
    public var reachable: Int
    public var total: Int
  }

  public struct Fabric: Sendable, Codable {
    /// BGP sessions established at both ends' word, of all.
    public var established: Int
    public var sessions: Int
    /// The least number of next hops in any host's kernel to any other host's loopback, IPv4 and IPv6.
    public var fewestNextHops: Int
  }
}

extension SiteController {
  /// Asks all hosts and engines how they are.
  public func status() async -> SiteStatus {
    let opened = await eachNode(design.nodes) { _ in }
    let lost = opened.compactMap { _, result in if case .failure(let error) = result { "\(error)" } else { nil } }
    let reachable = opened.compactMap { node, result in (try? result.get()).map { node } }
    var problems = lost
    let fabric = await fabricStatus(reachable, problems: &problems)
    let ceph = await cephStatus(reachable, problems: &problems)
    return SiteStatus(
      site: design.site, hosts: .init(reachable: reachable.count, total: design.nodes.count), fabric: fabric,
      ceph: ceph, problems: problems)
  }

  private func fabricStatus(_ reachable: [Node], problems: inout [String]) async -> SiteStatus.Fabric? {
    guard design.hasFabric else { return nil }
    let health = FabricHealth(design)
    var routings: [NodeRouting] = []
    var found: [FabricProblem] = []
    for (_, result) in await eachNode(reachable, NodeRouting.observe) {
      switch result {
      case .success(let routing):
        routings.append(routing)
        found += health.problems(routing)
      case .failure(let error): problems.append("\(error)")
      }
    }
    problems += FabricProblem.lines(found)
    return SiteStatus.Fabric(
      established: health.establishedSessions(routings), sessions: design.links.count,
      fewestNextHops: health.fewestNextHops(routings))
  }

  private func cephStatus(_ reachable: [Node], problems: inout [String]) async -> ClusterStatus? {
    guard let ceph = design.ceph else { return nil }
    let names = Set(reachable.map(\.name))
    let mons = ceph.mons.filter(names.contains)
    guard !mons.isEmpty else {
      problems.append("ceph: no monitor's host can be reached")
      return nil
    }
    do {
      let status = try await ClusterStatus.observe(sessions.first(of: mons))
      if status.health != "HEALTH_OK" { problems += status.checks.map { "ceph: \($0)" } }
      // Ceph's health says so only after a while; until then its statistics are what the last manager told.
      if !status.mgrAvailable { problems.append("ceph: no manager is active") }
      // Ceph's health says nothing of an OSD that has never been up, nor of placement groups for a while.
      if status.osdsUp < status.osds { problems.append("ceph: \(status.osdsUp) of \(status.osds) OSDs are up") }
      if !status.isClean { problems.append("ceph: placement groups: \(status.pgSummary)") }
      return status
    } catch {
      problems.append("ceph: \(error)")
      return nil
    }
  }
}
