import Ceph
import Design
import HostProtocol

/// What was found on a site's hosts and in its engines.
public struct Observation: Sendable {
  /// Node to resource's id to how it differs; a node that could not be reached is missing.
  public var differences: [String: [String: Difference]] = [:]
  /// Node to why it could not be reached.
  public var unreachable: [String: String] = [:]
  public var cluster = Cluster.none
  /// Nodes that have left the site file and that Varde has worked on, to why they cannot be reached; `nil`: they can.
  public var former: [String: String?] = [:]

  /// Monitors and managers of the design that the cluster does not have yet.
  public func absentDaemons(of design: Design) -> Set<Component> {
    guard case .answers(let state) = cluster, let ceph = design.ceph else { return [] }
    return Set(
      ceph.mons.filter { state.mons[$0] == nil }.map { .mon($0) }
        + ceph.mgrs.filter { !state.hasManager($0) }.map { .mgr($0) })
  }

  mutating func add(_ found: [Difference], of node: String) {
    differences[node] = Dictionary(found.map { ($0.resource, $0) }) { first, _ in first }
  }

  /// What is known of the site's Ceph cluster.
  public enum Cluster: Sendable {
    /// There is none yet.
    case none
    /// Monitors have been made, but do not answer: a bootstrap that was cut off, or a quorum that is lost.
    case silent(String, Silence)
    case answers(ClusterState)
  }
}

/// Why a site cannot be worked on, and what to do.
public struct ControllerError: Error, Sendable, CustomStringConvertible {
  public var description: String

  public init(_ description: String) { self.description = description }
}
