import Design
import Plan

/// `/etc/ceph/ceph.conf` of one host: what a daemon must know before it can ask the monitors. All else is in the
/// monitors' configuration database.
struct CephConf {
  let node: Node
  let design: Design
  let ceph: CephDesign
  /// Addresses of monitors that are about to move or to leave: until they have, they are part of the quorum.
  let formerMons: [String]

  var text: String {
    var global = ceph.config["global"] ?? [:]
    global["fsid"] = SecretReference.placeholder(CephSecret.fsid)
    global["mon_host"] = (ceph.mons.compactMap { design.node($0) }.map(Self.addresses) + formerMons).joined(
      separator: " ")
    // Ceph skips the loopback interface when it picks an address from a network, and that is where ours are.
    global["public_addr"] = "\(node.service)"
    global["cluster_addr"] = "\(node.service)"
    var osd = Self.patience
    if let location = ceph.osds.first(where: { $0.host == node.name })?.location {
      osd["crush_location"] = location.map { "\($0.type)=\($0.name)" }.joined(separator: " ")
    }
    let sections = [("global", global), ("mgr", Self.patience), ("osd", osd)]
    let texts = sections.map { name, options in
      "[\(name)]\n" + options.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)\n" }.joined()
    }
    return "# Written by Varde; see ceph config dump for the rest.\n" + texts.joined(separator: "\n")
  }

  /// A daemon asks a monitor for its configuration when it starts. Where that one leaves the quorum in this moment it waits
  /// for nobody, by default for 300 s; it tries ten times (`MonClient::get_monmap_and_config`).
  private static let patience = ["client_mount_timeout": "15"]

  /// A monitor's address vector, both versions of the protocol at their ports.
  static func addresses(_ node: Node) -> String { "[v2:\(node.service):3300,v1:\(node.service):6789]" }
}
