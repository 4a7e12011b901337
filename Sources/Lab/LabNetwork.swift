import Design
import Foundation
import Processes
import Site

/// The cables of a lab: a management network in a namespace of the lab's own, and the links of the design between the
/// hosts. No host has a route to anything else.
struct LabNetwork: Sendable {
  /// The management interface of every host. The lab configures it; hosts leave it alone.
  static let management = "mgmt0"
  private static let bridge = "mgmt"

  var paths: LabPaths
  var design: Design

  /// The lab's own address in the management network: the first that no node has, or else the last.
  var gateway: IPv4Address {
    let prefix = design.network.management
    let first = IPv4Address(bits: prefix.address.bits + 1)
    let last = IPv4Address(bits: prefix.address.bits + UInt32(clamping: prefix.count) - 2)
    return design.nodes.contains { $0.management == first } ? last : first
  }

  private var inside: [String] { ["nsenter", "--net=\(paths.namespaceFile)"] }

  func ensureNamespace() async throws {
    if try await Command(inside + ["true"]).run().status != 0 {
      // A killed `ip netns add` leaves a name without a namespace.
      try Files.remove(paths.namespaceFile)
      try await Command.check("ip", "netns", "add", paths.namespace)
    }
    if try await Interface.list(inside)[Self.bridge] == nil {
      try await Command.check(inside + ["ip", "link", "add", Self.bridge, "type", "bridge"])
    }
    try await Self.ip(
      inside,
      [
        // Another address than this one was the gateway before a node got it.
        "link set lo up", "link set \(Self.bridge) up", "addr flush dev \(Self.bridge)",
        "addr replace \(gateway)/\(design.network.management.length) dev \(Self.bridge)",
      ])
  }

  static func removeNamespace(_ paths: LabPaths) async throws {
    guard Files.exists(paths.namespaceFile) else { return }
    try await Mounts.unmountAll(below: paths.namespaceFile)
    try Files.remove(paths.namespaceFile)
  }

  /// Gives a running host its management interface.
  ///
  /// - Parameter isBooted: Whether the host has just booted, and so has none.
  func plugManagement(_ host: LabHost, isBooted: Bool = false) async throws {
    let leader = try host.runningLeader()
    let port = Self.port(of: host)
    let mac = address(of: Self.management, on: host.name)
    let cable = [
      "link add \(port) type veth peer name \(Self.management) address \(mac) netns \(leader)",
      "link set \(port) master \(Self.bridge) up",
    ]
    if !isBooted, try await Interface.list(try host.network())[Self.management] != nil {
      try await Self.ip(inside, [cable[1]])
    } else if (try? await Self.ip(inside, cable)) == nil {
      // The other end may still be there, of a host that was off a moment ago.
      _ = try await Command(inside + ["ip", "link", "del", port]).run()
      try await Self.ip(inside, cable)
    }
    let address = "\(host.node.management)/\(design.network.management.length)"
    try await Self.ip(
      try host.network(), ["link set \(Self.management) up", "addr replace \(address) dev \(Self.management)"])
  }

  /// Puts in the cables between running hosts, as far as they are not there. The hosts configure their ends.
  ///
  /// - Parameter booted: Hosts that have just booted, and so have no cables.
  func plugLinks(_ hosts: [LabHost], booted: Set<String> = []) async throws {
    var leaders: [String: Int32] = [:]
    for host in hosts { leaders[host.name] = host.leader }
    let seen = hosts.filter { leaders[$0.name] != nil && !booted.contains($0.name) }
    let lists = try await collecting(seen, atMost: 4) { host in
      (host.name, Set(try await Interface.list(try host.network()).keys))
    }
    let interfaces = Dictionary(lists) { first, _ in first }
    var batch: [String] = []
    for link in design.links {
      guard let a = leaders[link.a.node], let b = leaders[link.b.node] else { continue }
      let ends = [(link.a, a), (link.b, b)].filter { interfaces[$0.0.node]?.contains($0.0.interface) ?? false }
      if ends.count == 2 { continue }
      // One end without the other belongs to a host that was off a moment ago, and is about to vanish.
      for (end, leader) in ends {
        _ = try await Command(["nsenter", "-t", "\(leader)", "-n", "ip", "link", "del", end.interface]).run()
      }
      let (aAddress, bAddress) = (
        address(of: link.a.interface, on: link.a.node), address(of: link.b.interface, on: link.b.node)
      )
      batch.append(
        "link add \(link.a.interface) address \(aAddress) netns \(a) type veth "
          + "peer name \(link.b.interface) address \(bAddress) netns \(b)")
    }
    if !batch.isEmpty { try await Self.ip([], batch) }
  }

  /// Takes the cables of a host away.
  func unplug(_ host: LabHost, from hosts: [LabHost]) async throws {
    _ = try await Command(inside + ["ip", "link", "del", Self.port(of: host)]).run()
    for port in design.ports(of: host.name) {
      guard let peer = hosts.first(where: { $0.name == port.peer.node }), peer.leader != nil else { continue }
      _ = try await Command(try peer.network("ip", "link", "del", port.peer.interface)).run()
    }
  }

  /// The lab's end of a host's management cable.
  private static func port(of host: LabHost) -> String { "m-\(String(host.node.management.bits, radix: 16))" }

  /// A MAC address that an interface keeps when its host is off and on again, as a real one does: or else its
  /// neighbours would send to the former one for most of a minute. Locally administered, unicast.
  private func address(of interface: String, on host: String) -> String {
    let digits = hex(fnv1a("\(paths.machine(host)) \(interface)"))
    return "02" + digits.prefix(10).enumerated().map { $0 % 2 == 0 ? ":\($1)" : "\($1)" }.joined()
  }

  /// Runs several `ip` commands as one process.
  static func ip(_ namespace: [String], _ commands: [String]) async throws {
    try await Command.check(namespace + ["ip", "-batch", "-"], input: commands.joined(separator: "\n") + "\n")
  }
}
