import Design
import Foundation

extension Lab {
  /// Breaks something.
  public func fail(_ fault: Fault) async throws {
    try await changing { try await inject(fault) }
  }

  /// Mends what `fail` broke. Mending what is whole does nothing.
  public func heal(_ fault: Fault) async throws {
    try await changing { try await undo(fault) }
  }

  /// Waits for other faults to be made; a lab that is not there does not get a lock's file from it.
  func changing(waiting limit: Duration = .seconds(60), _ body: () async throws -> Void) async throws {
    try Self.requireRoot()
    guard Files.exists(paths.lab) else { throw LabError(design.site, "has no lab here; 'varde lab up' makes it") }
    try await Self.locked(paths, waiting: limit, body)
  }

  private func inject(_ fault: Fault) async throws {
    for name in fault.nodes { _ = try host(name).runningLeader() }
    switch fault {
    case .off(let name):
      // The cables first: a dying kernel would still close its connections, which a host without power does not.
      try await network.unplug(host(name), from: hosts)
      try await host(name).powerOff()
    case .frozen(let name): try await host(name).cgroup.setFrozen(true)
    case .silent, .linkSilent: for end in ends(of: fault) { try await each(end) { try await $0.silence($1) } }
    case .linkDown: for end in ends(of: fault) { try await each(end) { try await $0.pull($1) } }
    case .diskSlow(let name, let rate):
      try host(name).cgroup.setDiskRate(rate.count, device: try Self.disk(below: paths.labDisks))
    case .daemonKilled(let name, let unit): try host(name).killDaemon(unit)
    }
  }

  func undo(_ fault: Fault) async throws {
    switch fault {
    case .off(let name):
      let host = try host(name)
      try await host.ensureRunning()
      try await network.plugManagement(host)
      try await network.plugLinks(hosts)
      try await host.awaitSSH()
    case .frozen(let name): try await host(name).cgroup.setFrozen(false)
    case .silent, .linkSilent: for end in ends(of: fault) { try await each(end) { try await $0.hear($1) } }
    case .linkDown: for end in ends(of: fault) { try await each(end) { try await $0.plug($1) } }
    case .diskSlow(let name, _): try host(name).cgroup.setDiskRate(nil, device: try Self.disk(below: paths.labDisks))
    case .daemonKilled(let name, let unit): try await host(name).startDaemon(unit)
    }
  }

  /// The faults that can be seen in the lab now. A killed daemon is none: whether it should run is the site's affair.
  ///
  /// - Parameter booted: Hosts that have booted since anything could be done to their interfaces.
  func faults(booted: Set<String> = []) async throws -> [Fault] {
    var found: [Fault] = []
    for host in hosts {
      if host.leader == nil { found.append(.off(host.name)) }
      if host.cgroup.isFrozen { found.append(.frozen(host.name)) }
      if let rate = host.cgroup.diskRate { found.append(.diskSlow(host.name, rate: .init(rate))) }
    }
    let running = hosts.filter { !booted.contains($0.name) && $0.leader != nil }
    let ends = try await collecting(running, atMost: 4) { host in
      func ends(_ names: Set<String>) -> [Link.End] { names.map { Link.End(node: host.name, interface: $0) } }
      return (silenced: ends(try await host.silenced()), pulled: ends(try await host.pulled()))
    }
    return found
      + Self.linkFaults(design, silenced: Set(ends.flatMap(\.silenced)), pulled: Set(ends.flatMap(\.pulled)))
  }

  /// Names what is wrong with links by the fewest faults: a node all of whose links are silent is silent itself.
  static func linkFaults(_ design: Design, silenced: Set<Link.End>, pulled: Set<Link.End>) -> [Fault] {
    let silentNodes = design.nodes.map(\.name).filter { name in
      let ends = ends(ofNode: name, in: design)
      return ends.count != 2 && ends.allSatisfy(silenced.contains)
    }
    let down = design.links.filter { pulled.contains($0.a) || pulled.contains($0.b) }
    let silent = design.links.filter { link in
      (silenced.contains(link.a) || silenced.contains(link.b))
        && !silentNodes.contains(link.a.node) && !silentNodes.contains(link.b.node)
    }
    return silentNodes.map(Fault.silent) + down.map { .linkDown($0.a.node, $0.b.node) }
      + silent.map { .linkSilent($0.a.node, $0.b.node) }
  }

  /// Both ends of each link that a fault is about.
  private func ends(of fault: Fault) -> [Link.End] {
    switch fault {
    case .silent(let name): Self.ends(ofNode: name, in: design)
    case .linkDown(let a, let b), .linkSilent(let a, let b):
      design.links.filter { Set([$0.a.node, $0.b.node]) == [a, b] }.flatMap { [$0.a, $0.b] }
    default: []
    }
  }

  /// Both ends of each of a node's links; its management interface where it has none.
  private static func ends(ofNode name: String, in design: Design) -> [Link.End] {
    let ends = design.links.filter { $0.a.node == name || $0.b.node == name }.flatMap { [$0.a, $0.b] }
    return ends.isEmpty ? [Link.End(node: name, interface: LabNetwork.management)] : ends
  }

  /// Does something at one end of a link, where its host is not off.
  private func each(_ end: Link.End, _ body: (LabHost, String) async throws -> Void) async throws {
    let host = try host(end.node)
    if host.leader != nil { try await body(host, end.interface) }
  }

  /// `major:minor` of the whole disk that a directory lies on.
  private static func disk(below directory: String) throws -> String {
    var status = stat()
    guard stat(directory, &status) == 0 else { throw LabError(directory, "is not there: the lab is not up") }
    // glibc's gnu_dev_major and gnu_dev_minor, which Swift does not import.
    let major = (status.st_dev >> 8 & 0xfff) | (status.st_dev >> 32 & ~0xfff)
    let minor = (status.st_dev & 0xff) | (status.st_dev >> 12 & ~0xff)
    let system = "/sys/dev/block/\(major):\(minor)"
    guard Files.exists(system) else {
      throw LabError(directory, "lies on no block device: set VARDE_LAB_DIR to a directory on a disk")
    }
    guard Files.exists("\(system)/partition"), let whole = Files.read("\(system)/../dev") else {
      return "\(major):\(minor)"
    }
    return whole.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
