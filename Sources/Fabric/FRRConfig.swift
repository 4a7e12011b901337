import Design

/// FRR's integrated configuration for one node.
///
/// It is written as FRR itself writes its running configuration, with which `frr-reload.py` compares it line by line:
/// values equal to FRR's defaults are left out, and lines that FRR adds by itself are there. Whatever differs would be
/// set or removed at every reload, and `no neighbor fabric bfd` resets every session.
public struct FRRConfig: Sendable {
  let node: Node
  let design: Design
  let ports: [Port]

  public init(_ node: Node, in design: Design) {
    self.node = node
    self.design = design
    ports = design.ports(of: node.name)
  }

  /// Text of `/etc/frr/frr.conf`.
  public var text: String {
    let parts = [head, prefixLists, sourceMaps, bgp, bfd]
    return parts.map { $0.joined(separator: "\n") }.joined(separator: "\n!\n") + "\n"
  }

  private var head: [String] {
    // FRR shows what the kernel does, and a reload would switch on what is not said to be off.
    let forwards = node.sysctls["net.ipv4.ip_forward"] == "1"
    let forwarding = forwards ? [] : ["no ip forwarding", "no ipv6 forwarding"]
    return [
      "! Written by Varde; changes made here are undone by the next rollout.",
      "frr defaults datacenter",
      "hostname \(node.name)",
      // With kernel next-hop objects FRR 8.4 leaves a single next hop in the kernel for minutes after a flap.
      "no zebra nexthop kernel enable",
      "service integrated-vtysh-config",
    ] + forwarding
  }

  private var prefixLists: [String] {
    let network = design.network
    return [
      "ip prefix-list loopbacks seq 5 permit \(network.loopbacksIPv4) ge 32",
      "ipv6 prefix-list loopbacks seq 5 permit \(network.loopbacksIPv6) ge 128",
      "ip prefix-list own seq 5 permit \(node.loopback.ipv4)/32",
      "ipv6 prefix-list own seq 5 permit \(node.loopback.ipv6)/128",
    ]
  }

  /// Unnumbered links have no address of their own: traffic of this node leaves from its loopback.
  private var sourceMaps: [String] {
    [
      "route-map source4 permit 10",
      " set src \(node.loopback.ipv4)",
      "exit",
      "!",
      "route-map source6 permit 10",
      " set src \(node.loopback.ipv6)",
      "exit",
      "!",
      "ip protocol bgp route-map source4",
      "ipv6 protocol bgp route-map source6",
    ]
  }

  private var bgp: [String] {
    var lines = [
      "router bgp \(node.asn.map { "\($0)" } ?? "")",
      " bgp router-id \(node.loopback.ipv4)",
      " no bgp default ipv4-unicast",
      " bgp bestpath as-path multipath-relax",
      " neighbor fabric peer-group",
      " neighbor fabric remote-as external",
      " neighbor fabric bfd",
      " neighbor fabric bfd profile fabric",
      " neighbor fabric capability extended-nexthop",
    ]
    lines += ports.map { " neighbor \($0.interface) interface peer-group fabric" }
    lines += family("ipv4", network: "\(node.loopback.ipv4)/32")
    lines += family("ipv6", network: "\(node.loopback.ipv6)/128")
    return lines + ["exit"]
  }

  private func family(_ name: String, network: String) -> [String] {
    // A host is the end of a path, never part of one: it tells its leaves of itself only.
    let out = node.kind == .host ? "own" : "loopbacks"
    return [
      " !",
      " address-family \(name) unicast",
      "  network \(network)",
      "  neighbor fabric activate",
      "  neighbor fabric prefix-list loopbacks in",
      "  neighbor fabric prefix-list \(out) out",
      " exit-address-family",
    ]
  }

  private var bfd: [String] {
    let network = design.network
    var profile = [" profile fabric"]
    if network.bfdMultiplier != 3 { profile.append("  detect-multiplier \(network.bfdMultiplier)") }
    if network.bfdInterval != 300 {
      profile += ["  receive-interval \(network.bfdInterval)", "  transmit-interval \(network.bfdInterval)"]
    }
    return ["bfd"] + profile + [" exit", "exit"]
  }
}
