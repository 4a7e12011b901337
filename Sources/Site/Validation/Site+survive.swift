extension Site {
  /// What the site is asked to survive, and cannot.
  var surviveFaults: [SiteFault] {
    let possible = endurance
    var faults: [SiteFault] = []
    if controlHosts.isEmpty, !storageHosts.isEmpty {
      faults.append(
        SiteFault(
          "hosts", "hosts have disks for Ceph, but none has the role 'control'", "add it to one, better to three"))
    }
    if let asked = survive.storage, asked > possible.storage {
      let have = failureDomains(asked, deviceClass: nil)
      let lack = (asked == .disk ? 2 : 3) - have
      faults.append(
        SiteFault(
          "survive/storage",
          "storage cannot survive the loss of a \(asked.rawValue) with disks in \(asked.count(have))",
          "add disks in \(asked.count(lack, "more ")), or ask for '\(possible.storage.rawValue)'"))
    }
    if let asked = survive.network, asked > possible.network {
      faults.append(
        SiteFault("survive/network", "the network cannot survive the loss of a switch", networkRemedy))
    }
    if let asked = survive.control, asked > possible.control {
      let have = asked == .rack ? Set(controlHosts.compactMap(\.rack)).count : controlHosts.count
      faults.append(
        SiteFault(
          "survive/control",
          "control cannot survive the loss of a \(asked.rawValue) with the role 'control' in \(asked.count(have))",
          "add the role in \(asked.count(3 - have, "more ")), or ask for '\(possible.control.rawValue)'"))
    }
    return faults
  }

  private var networkRemedy: String {
    if !isRacked { return "remove the key: without racks the network is not the site's own" }
    if let rack = racks.first(where: { $0.leaves.count < 2 }) { return "add a second leaf to rack '\(rack.name)'" }
    return "add a second spine"
  }
}

extension FailureDomain {
  /// `2 racks`, `1 more host`.
  fileprivate func count(_ number: Int, _ more: String = "") -> String {
    "\(number) \(more)\(rawValue)\(number == 1 ? "" : "s")"
  }
}
