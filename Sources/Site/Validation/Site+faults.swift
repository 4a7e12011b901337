extension Site {
  /// What is wrong with single hosts, switches, racks and pools, and between them.
  public var faults: [SiteFault] {
    let devices = devices
    return nameFaults(devices) + addressFaults(devices) + fabricFaults(devices) + rackFaults + portFaults(devices)
      + diskFaults + poolFaults
  }

  /// What is wrong with the site as a whole. Only worth asking where all hosts and switches could be read.
  public var faultsAsAWhole: [SiteFault] {
    hostFaults + poolSizeFaults(devices) + managementFaults + replicaFaults + surviveFaults
  }
}

/// Who was first to take a name, an address or a number.
struct Register<Key: Hashable> {
  private var owners: [Key: String] = [:]

  /// The earlier owner, if there is one.
  mutating func claim(_ key: Key, by owner: String) -> String? {
    if let earlier = owners[key] { return earlier }
    owners[key] = owner
    return nil
  }
}
