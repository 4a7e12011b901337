import Design
import Site

/// What a lab is like now.
public struct LabStatus: Sendable, Hashable, Codable {
  public var site: String
  public var hosts: [HostStatus]
  /// The faults in force, in the words of `Fault.usage`.
  public var faults: [String]

  /// One host or switch.
  public struct HostStatus: Sendable, Hashable, Codable {
    public enum State: String, Sendable, Hashable, Codable {
      case running, off, frozen
    }

    public var name: String
    public var kind: Node.Kind
    public var address: IPv4Address
    public var state: State
    /// Its systemd's pid on this machine.
    public var leader: Int32?
    /// In bytes, without the page cache.
    public var memory: UInt64
    public var cpuSeconds: Double
  }
}

extension Lab {
  /// Looks at the lab; where there is none, all hosts are off.
  public func status() async throws -> LabStatus {
    try Self.requireRoot()
    let hosts = hosts.map { host in
      let leader = host.leader
      let state: LabStatus.HostStatus.State = leader == nil ? .off : host.cgroup.isFrozen ? .frozen : .running
      return LabStatus.HostStatus(
        name: host.name, kind: host.node.kind, address: host.node.management, state: state, leader: leader,
        memory: host.cgroup.memory, cpuSeconds: host.cgroup.cpuSeconds)
    }
    return LabStatus(site: design.site, hosts: hosts, faults: try await faults().map(\.description))
  }
}
