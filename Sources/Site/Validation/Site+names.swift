extension Site {
  func nameFaults(_ devices: [Device]) -> [SiteFault] {
    let named =
      network.spines.map { ("spine", $0.name, "network/spines/\($0.name)") }
      + racks.flatMap { rack in
        [("rack", rack.name, "racks/\(rack.name)")]
          + rack.leaves.map { ("leaf", $0.name, "racks/\(rack.name)/leaves/\($0.name)") }
      } + hosts.map { ("host", $0.name, "hosts/\($0.name)") }
    var register = Register<String>()
    var faults: [SiteFault] = []
    for (kind, name, path) in named {
      if !Names.isHost(name) {
        faults.append(
          SiteFault(
            path, "'\(name)' is no name for a \(kind)",
            "use at most 63 lower case letters, digits and hyphens, with a letter or digit at both ends"))
      }
      if let earlier = register.claim(name, by: kind) {
        faults.append(
          SiteFault(
            path, "\(kind) '\(name)' has the name of a \(earlier)", "rename one: hosts, switches and racks share names")
        )
      }
    }
    return faults
  }
}
