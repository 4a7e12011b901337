import HostProtocol

extension InterfaceResource: Converging {
  func changes(on host: Host) throws -> [Change] {
    guard let live = try LiveInterface.read(name) else { return [Change("interface", from: nil, to: name)] }
    var changes = try file.changes(on: host)
    if live.isUp != up { changes.append(Change("up", from: live.isUp ? "up" : "down", to: up ? "up" : "down")) }
    if let mtu, live.mtu != mtu { changes.append(Change("mtu", from: "\(live.mtu)", to: "\(mtu)")) }
    let desired = try desiredAddresses()
    changes += desired.filter { !live.addresses.contains($0) }.map { Change("address", from: nil, to: "\($0)") }
    changes += stale(live, desired).map { Change("address", from: "\($0)", to: nil) }
    return changes
  }

  func converge(_ host: Host) throws {
    guard let live = try LiveInterface.read(name) else {
      throw Failure(
        "no interface \(name) on this host: see `ip link` for its interfaces, and the host's entry in the site file")
    }
    let desired = try desiredAddresses()
    let stale = stale(live, desired)
    var commands: [String] = []
    if let mtu, live.mtu != mtu { commands.append("link set dev \(name) mtu \(mtu)") }
    // Before the link goes down, which takes IPv6 addresses with it.
    commands += stale.map { "address del \($0) dev \(name)" }
    if live.isUp != up { commands.append("link set dev \(name) \(up ? "up" : "down")") }
    // An IPv4 address may take others of its prefix along when it goes: then all are given once more.
    let missing = stale.isEmpty ? desired.filter { !live.addresses.contains($0) } : desired
    commands += missing.map { "address replace \($0) dev \(name)" }
    if !commands.isEmpty {
      try host.execute(["ip", "-batch", "-"], input: commands.map { "\($0)\n" }.joined())
    }
    // Last: until the old addresses are gone, only the old file tells which they are.
    if !(try file.changes(on: host)).isEmpty { try file.converge(host) }
  }

  private func desiredAddresses() throws -> [IPAddress] {
    try addresses.map { text in
      guard let address = IPAddress(text) else {
        throw Failure("\(text) is no address with a length, as 198.18.64.11/32")
      }
      return address
    }
  }

  /// Addresses that Varde gave before, by the file that it wrote then, and that are no longer desired.
  private func stale(_ live: LiveInterface, _ desired: [IPAddress]) -> [IPAddress] {
    let listed = (FileSystem.text(file.path) ?? "").split(separator: "\n")
      .filter { $0.hasPrefix("Address=") }.compactMap { IPAddress($0.dropFirst("Address=".count)) }
    return listed.filter { live.addresses.contains($0) && !desired.contains($0) }
  }

  /// For the next boot, by systemd-networkd. It leaves alone what others gave, and boot does not wait for the link.
  private var file: FileResource {
    var lines = ["# Written by Varde.", "[Match]", "Name=\(name)", "", "[Link]", "RequiredForOnline=no"]
    if let mtu { lines.append("MTUBytes=\(mtu)") }
    if !up { lines.append("ActivationPolicy=down") }
    // On the loopback, systemd-networkd fails over what it knows of link-local addresses.
    lines += [
      "", "[Network]", "LinkLocalAddressing=\(name == "lo" ? "no" : "ipv6")", "IPv6AcceptRA=no",
      "ConfigureWithoutCarrier=yes",
      "KeepConfiguration=static",
    ]
    lines += addresses.map { "Address=\($0)" }
    return FileResource(networkFile, content: lines.joined(separator: "\n") + "\n")
  }
}
