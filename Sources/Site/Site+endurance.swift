/// What a site could survive at most: the default of `survive`, and the bound of what it may ask.
public struct Endurance: Sendable, Hashable {
  public var storage: FailureDomain
  public var network: FailureDomain
  public var control: FailureDomain
}

extension Site {
  /// Three is what each scope counts to: two replicas that can still be written to after one loss, and a majority of
  /// monitors that remains.
  public var endurance: Endurance {
    Endurance(storage: storageEndurance, network: networkEndurance, control: controlEndurance)
  }

  /// Hosts that give disks to Ceph.
  public var storageHosts: [Host] { hosts.filter { $0.roles.contains(.storage) && !$0.disks.isEmpty } }

  /// Hosts that may run monitors.
  public var controlHosts: [Host] { hosts.filter { $0.roles.contains(.control) } }

  private var storageEndurance: FailureDomain {
    let hosts = storageHosts
    if Set(hosts.compactMap(\.rack)).count >= 3 { return .rack }
    if hosts.count >= 3 { return .host }
    return hosts.reduce(0) { $0 + $1.disks.count } >= 2 ? .disk : .none
  }

  private var networkEndurance: FailureDomain {
    guard isRacked, racks.allSatisfy({ $0.leaves.count >= 2 }) else { return .none }
    return racks.count == 1 && network.spines.isEmpty || network.spines.count >= 2 ? .switch : .none
  }

  private var controlEndurance: FailureDomain {
    if Set(controlHosts.compactMap(\.rack)).count >= 3 { return .rack }
    return controlHosts.count >= 3 ? .host : .none
  }
}
