import Base
import Ceph
import Design
import Fabric
import HostProtocol
import Hosts
import Plan

extension SiteController {
  /// Looks at every host and engine; changes nothing on them.
  ///
  /// - Throws: `ControllerError`, `StoreError`
  public func observe() async throws -> Observation {
    var observation = Observation()
    let opened = await eachNode(design.nodes) { _ in }
    for (node, result) in opened {
      if case .failure(let error) = result { observation.unreachable[node.name] = "\(error)" }
    }
    let reachable = design.nodes.filter { observation.unreachable[$0.name] == nil }
    observation.cluster = try await observeCluster(reachable)
    let ceph = cephSteps(observation.cluster)
    let looked = await eachNode(reachable) { session in
      guard let node = design.node(session.host) else { return [Difference]() }
      let resources = Base.resources(node) + Fabric.resources(node, in: design) + (ceph?.resources(node) ?? [])
      return try await session.observe(resources.map { try $0.resolved(secret) })
    }
    for (node, result) in looked {
      switch result {
      case .success(let differences):
        observation.differences[node.name] = Dictionary(differences.map { ($0.resource, $0) }) { first, _ in first }
      case .failure(let error):
        observation.unreachable[node.name] = "\(error)"
      }
    }
    await observeFormer(&observation, ceph)
    return observation
  }

  /// What is still to be stopped on nodes that have left. One that cannot be reached is off for good, or will be.
  private func observeFormer(_ observation: inout Observation, _ ceph: CephSteps?) async {
    for name in former {
      do {
        let resources = FabricSteps.former + (ceph?.resources(former: name) ?? [])
        let differences = try await sessions.session(name).observe(resources)
        observation.differences[name] = Dictionary(differences.map { ($0.resource, $0) }) { first, _ in first }
        observation.former[name] = .some(nil)
      } catch {
        observation.former[name] = "\(error)"
      }
    }
  }

  func cephSteps(_ cluster: Observation.Cluster) -> CephSteps? {
    switch cluster {
    case .none: CephSteps(design, state: nil)
    case .silent: CephSteps(design, state: nil, untilQuorum: true)
    case .answers(let state): CephSteps(design, state: state, former: Set(former))
    }
  }

  /// Takes over the identity of a cluster that is there, then asks it.
  private func observeCluster(_ reachable: [Node]) async throws -> Observation.Cluster {
    guard let ceph = design.ceph else { return .none }
    let hosts = reachable.filter { $0.roles.contains(.control) }
    let found = await eachNode(hosts, CephIdentity.files)
    // A host whose monitor could not be looked for must not count as one without.
    let members = try found.map { node, result in (node.name, try result.get()) }.filter { $0.1.isMember }
    guard !members.isEmpty else {
      // A monitor may live on a host that does not answer; a second cluster must not be begun beside it.
      let hidden = design.hosts.filter { $0.roles.contains(.control) && !hosts.contains($0) }
      return hidden.isEmpty ? .none : .silent("\(hidden.map(\.name).joined(separator: ", ")) cannot be reached")
    }
    for (host, identity) in members {
      guard identity.secrets[CephSecret.fsid] != nil else {
        throw ControllerError(
          "\(host) has a monitor, but no fsid in /etc/ceph/ceph.conf; put the file back from another host of the cluster"
        )
      }
      try adopt(identity, from: host)
    }
    let answers = await eachNode(hosts.filter { node in members.contains { $0.0 == node.name } }, ClusterState.observe)
    var reason = "no monitor's host can be reached"
    for (_, answer) in answers {
      switch answer {
      case .success(let state):
        try adopt(CephIdentity(state, of: ceph), from: "the cluster")
        return .answers(state)
      case .failure(let error as NoAnswer): reason = "\(error)"
      case .failure(let error): throw error
      }
    }
    return .silent(reason)
  }

  private func adopt(_ identity: CephIdentity, from source: String) throws {
    if let known = try secrets.existing(CephSecret.fsid), let found = identity.secrets[CephSecret.fsid], known != found
    {
      throw ControllerError(
        "\(source) belongs to Ceph cluster \(found), this site's is \(known); "
          + "take the host out of the site file, or wipe its /etc/ceph and /var/lib/ceph")
    }
    for (name, value) in identity.secrets { try secrets.adopt(name, value: value) }
  }

  /// Does something with the sessions of many nodes, at most `forks` at a time; the results are in the nodes' order.
  func eachNode<Value: Sendable>(
    _ nodes: [Node], _ body: @escaping @Sendable (any HostSession) async throws -> Value
  ) async -> [(Node, Result<Value, any Error>)] {
    await nodes.concurrentMap(limit: forks) { node in
      do {
        return (node, .success(try await body(sessions.session(node.name))))
      } catch {
        return (node, .failure(error))
      }
    }
  }
}
