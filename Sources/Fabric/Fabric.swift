import Design
import HostProtocol
import Plan

/// FRR on spines, leaves and hosts: eBGP unnumbered with BFD.
public enum Fabric {
  /// Packages that a node of the fabric needs.
  static let packages = ["frr", "frr-pythontools"]

  /// The resources of one node, in the order in which they are applied; empty in a site without a fabric.
  public static func resources(_ node: Node, in design: Design) -> [Resource] {
    guard node.asn != nil, design.hasFabric else { return [] }
    return packages.map { .package(PackageResource($0)) } + interfaces(node, in: design)
      + configuration(node, in: design)
  }

  private static func interfaces(_ node: Node, in design: Design) -> [Resource] {
    let loopback = InterfaceResource("lo", addresses: ["\(node.loopback.ipv4)/32", "\(node.loopback.ipv6)/128"])
    let ports = design.ports(of: node.name).map { InterfaceResource($0.interface, mtu: design.network.mtu) }
    let interfaces = [loopback] + ports
    // It learns of interfaces that come back, after a boot or with a new card, from files that it read at its start.
    let networkd = UnitResource(
      "systemd-networkd.service", restartOn: [foreignRoutesFile] + interfaces.map(\.networkFile))
    return [.directory(DirectoryResource("/etc/systemd/networkd.conf.d")), foreignRoutes]
      + interfaces.map(Resource.interface) + [.unit(networkd)]
  }

  private static let foreignRoutesFile = "/etc/systemd/networkd.conf.d/50-varde.conf"

  /// systemd-networkd would remove FRR's routes whenever it configures an interface.
  private static let foreignRoutes = Resource.file(
    FileResource(
      foreignRoutesFile,
      content: """
        # Written by Varde: routes belong to FRR.
        [Network]
        ManageForeignRoutes=no
        ManageForeignRoutingPolicyRules=no

        """))

  private static func configuration(_ node: Node, in design: Design) -> [Resource] {
    func file(_ name: String, _ content: String, validate: [String]? = nil) -> Resource {
      .file(
        FileResource(
          "/etc/frr/\(name)", content: content, owner: "frr", group: "frr", mode: 0o640, validate: validate))
    }
    return [
      file("daemons", daemons),
      file("vtysh.conf", "service integrated-vtysh-config\n"),
      // A bad line is skipped silently when the daemons start, and stops a reload half-way: check before it is there.
      file("frr.conf", FRRConfig(node, in: design).text, validate: ["vtysh", "-C", "-f", "%s"]),
      .unit(
        UnitResource("frr.service", restartOn: ["/etc/frr/daemons", "frr"], reloadOn: ["/etc/frr/frr.conf"])),
    ]
  }

  /// watchfrr gives a start 20 s by default. On a busy host it then ends the script that starts the daemons before that has
  /// given them their configuration, and they run on without any.
  static let daemons = """
    # Written by Varde.
    bgpd=yes
    bfdd=yes
    vtysh_enable=yes
    watchfrr_options="-T 60"
    zebra_options="  -A 127.0.0.1 -s 90000000"
    bgpd_options="   -A 127.0.0.1"
    bfdd_options="   -A 127.0.0.1"

    """
}
