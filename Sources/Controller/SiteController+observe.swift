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
    var members: [CephMember] = []
    var waiting: [Node] = []
    // A monitor may live where none belongs any more: on a host without the role, or one that has left the site.
    let formerLooks = await eachName(former) { try await CephIdentity.files($0) }
    for case (let name, .success(let identity)) in formerLooks where identity.isMember {
      members.append(CephMember(host: name, identity: identity))
    }
    for (node, result) in await eachNode(design.nodes, firstLook) {
      switch result {
      case .success(.whole(let differences)): observation.add(differences, of: node.name)
      case .success(.member(let identity)):
        waiting.append(node)
        if let identity { members.append(CephMember(host: node.name, identity: identity)) }
      case .failure(let error): observation.unreachable[node.name] = "\(error)"
      }
    }
    observation.cluster = try await observeCluster(members, hidden: observation.unreachable.keys)
    let ceph = cephSteps(observation.cluster)
    let looked = await eachNode(waiting) { session in
      try await session.observe(resources(session.host, ceph).map { try $0.resolved(secret) })
    }
    for (node, result) in looked {
      switch result {
      case .success(let differences): observation.add(differences, of: node.name)
      case .failure(let error): observation.unreachable[node.name] = "\(error)"
      }
    }
    await observeFormer(&observation, ceph)
    return observation
  }

  /// What one look at a node gives: all of it, where Ceph has no business there; else only what must be known before the
  /// cluster can be asked.
  private enum FirstLook {
    case whole([Difference])
    /// `nil`: no monitor lives there.
    case member(CephIdentity?)
  }

  private func firstLook(_ session: any HostSession) async throws -> FirstLook {
    guard design.ceph != nil, let node = design.node(session.host), node.kind == .host else {
      return .whole(try await session.observe(resources(session.host, nil)))
    }
    let identity = try await CephIdentity.files(session)
    return .member(identity.isMember ? identity : nil)
  }

  func resources(_ name: String, _ ceph: CephSteps?) -> [Resource] {
    guard let node = design.node(name) else { return [] }
    return Base.resources(node) + Fabric.resources(node, in: design) + (ceph?.resources(node) ?? [])
  }

  /// What is still to be stopped on nodes that have left. One that cannot be reached is off for good, or will be.
  private func observeFormer(_ observation: inout Observation, _ ceph: CephSteps?) async {
    let looked = await eachName(former) { session in
      try await session.observe(FabricSteps.former + (ceph?.resources(former: session.host) ?? []))
    }
    for (name, result) in looked {
      switch result {
      case .success(let differences):
        observation.add(differences, of: name)
        observation.former[name] = .some(nil)
      case .failure(let error): observation.former[name] = "\(error)"
      }
    }
  }

  func cephSteps(_ cluster: Observation.Cluster) -> CephSteps? {
    switch cluster {
    case .none: CephSteps(design, state: nil)
    case .silent(_, let silence): CephSteps(design, state: nil, silence: silence)
    case .answers(let state): CephSteps(design, state: state, former: Set(former), upgradingTo: cephUpgrade)
    }
  }

  /// A host on which a monitor's store was found.
  private struct CephMember {
    var host: String
    var identity: CephIdentity
  }

  /// Takes over the identity of a cluster that is there, then asks it.
  ///
  /// - Parameter hidden: nodes that could not be looked at
  private func observeCluster(
    _ members: [CephMember], hidden: some Collection<String>
  ) async throws -> Observation.Cluster {
    guard let ceph = design.ceph else { return .none }
    guard !members.isEmpty else {
      // A monitor may live on a host that does not answer; a second cluster must not be begun beside it.
      let hidden = design.hosts.filter { hidden.contains($0.name) }
      let reason = "\(hidden.map(\.name).joined(separator: ", ")) cannot be reached"
      return hidden.isEmpty ? .none : .silent(reason, .quorumLost(monitors: []))
    }
    for member in members {
      guard let fsid = member.identity.secrets[CephSecret.fsid] else {
        throw ControllerError(
          "\(member.host) has a monitor, but no fsid in /etc/ceph/ceph.conf; "
            + "put the file back from another host of the cluster")
      }
      guard fsid == members[0].identity.secrets[CephSecret.fsid] else {
        throw ControllerError(
          "\(members[0].host) and \(member.host) belong to two Ceph clusters; take one of them out of the site file")
      }
      try adopt(member.identity, from: member.host)
    }
    var reason = "no monitor's host can be reached"
    // Any of them knows all; the next is asked where one does not answer.
    for member in members {
      do {
        let state = try await ClusterState.observe(sessions.session(member.host))
        try adopt(CephIdentity(state, of: ceph), from: "the cluster")
        return .answers(state)
      } catch let error as NoAnswer {
        reason = "\(error)"
      }
    }
    let isFormed = members.contains { $0.identity.hasHadQuorum }
    return .silent(reason, isFormed ? .quorumLost(monitors: Set(members.map(\.host))) : .beforeTheFirstQuorum)
  }

  private func adopt(_ identity: CephIdentity, from source: String) throws {
    // A plan alone binds nobody: where this controller has only looked so far, the cluster that is there is right.
    if hasWorked, let known = try secrets.existing(CephSecret.fsid), let found = identity.secrets[CephSecret.fsid],
      known != found
    {
      throw ControllerError(
        "\(source) belongs to Ceph cluster \(found), and this site's is \(known): it is another cluster's host; "
          + "take it out of the site file")
    }
    for (name, value) in identity.secrets { try secrets.adopt(name, value: value) }
  }

  /// Does something with the sessions of many nodes, at most `forks` at a time; the results are in the nodes' order.
  func eachNode<Value: Sendable>(
    _ nodes: [Node], _ body: @escaping @Sendable (any HostSession) async throws -> Value
  ) async -> [(Node, Result<Value, any Error>)] {
    zip(nodes, await eachName(nodes.map(\.name), body)).map { ($0, $1.1) }
  }

  private func eachName<Value: Sendable>(
    _ names: [String], _ body: @escaping @Sendable (any HostSession) async throws -> Value
  ) async -> [(String, Result<Value, any Error>)] {
    await names.concurrentMap(limit: forks) { name in
      do {
        return (name, .success(try await body(sessions.session(name))))
      } catch {
        return (name, .failure(error))
      }
    }
  }
}
