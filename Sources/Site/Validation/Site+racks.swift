extension Site {
  var rackFaults: [SiteFault] {
    isRacked ? leafFaults + spineFaults + placementFaults : unrackedFaults
  }

  private var leafFaults: [SiteFault] {
    racks.filter(\.leaves.isEmpty).map {
      SiteFault(
        "racks/\($0.name)", "rack '\($0.name)' has no leaves", "add at least one switch under leaves, better two")
    }
  }

  private var spineFaults: [SiteFault] {
    guard racks.count > 1, network.spines.isEmpty else { return [] }
    return [
      SiteFault("racks", "\(racks.count) racks, but no spines to join them", "add two switches under network.spines")
    ]
  }

  private var placementFaults: [SiteFault] {
    let known = Set(racks.map(\.name))
    return hosts.compactMap { host in
      guard let rack = host.rack else {
        return SiteFault(
          "hosts/\(host.name)", "host '\(host.name)' is in no rack",
          "add 'rack': \(known.sorted().joined(separator: " or "))")
      }
      guard !known.contains(rack) else { return nil }
      return SiteFault(
        "hosts/\(host.name)/rack", "there is no rack '\(rack)'",
        Suggestion.remedy(for: rack, among: racks.map(\.name)))
    }
  }

  var hostFaults: [SiteFault] {
    guard hosts.isEmpty else { return [] }
    return [SiteFault("hosts", "the site has no hosts", "add one, as in vm1: { address: 198.18.0.11 }")]
  }

  private var unrackedFaults: [SiteFault] {
    var faults = hosts.compactMap { host in
      host.rack.map {
        SiteFault(
          "hosts/\(host.name)/rack", "host '\(host.name)' is in rack '\($0)', but the site has no racks",
          "add the rack with its leaves under racks, or remove 'rack'")
      }
    }
    if let spine = network.spines.first {
      faults.append(
        SiteFault(
          "network/spines", "spine '\(spine.name)' has no racks to join", "add racks with leaves, or remove the spines")
      )
    }
    return faults
  }
}
