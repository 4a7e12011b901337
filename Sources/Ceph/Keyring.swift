import Design
import Plan

/// A cephx entity with what it may do. Its key is a reference until it is on its way to a host.
public struct Keyring: Sendable, Hashable {
  public var entity: String
  /// Service (`mon`, `mgr`, `osd`, `mds`) to capability.
  public var caps: [String: String]

  /// The form of a keyring file.
  public var text: String {
    let key = SecretReference.placeholder(CephSecret.key(entity))
    return "[\(entity)]\n\tkey = \(key)\n"
      + caps.sorted { $0.key < $1.key }.map { "\tcaps \($0.key) = \"\($0.value)\"\n" }.joined()
  }

  /// May do everything; lives on the monitors' hosts only.
  static let admin = Keyring(
    entity: "client.admin", caps: ["mds": "allow *", "mgr": "allow *", "mon": "allow *", "osd": "allow *"])

  /// What the monitors share.
  static let mon = Keyring(entity: "mon.", caps: ["mon": "allow *"])

  /// Those that managers and clients of a cluster have.
  static func ofDaemonsAndClients(_ ceph: CephDesign) -> [Keyring] {
    ceph.mgrs.map(mgr) + ceph.pools.filter { $0.use == .rbd }.map { rbd(pool: $0.name) }
  }

  static func all(of ceph: CephDesign) -> [Keyring] { [admin, mon] + ofDaemonsAndClients(ceph) }

  static func mgr(_ host: String) -> Keyring {
    Keyring(entity: "mgr.\(host)", caps: ["mds": "allow *", "mon": "allow profile mgr", "osd": "allow *"])
  }

  /// For the users of one RBD pool, and no other.
  static func rbd(pool: String) -> Keyring {
    Keyring(
      entity: "client.\(pool)",
      caps: ["mgr": "profile rbd pool=\(pool)", "mon": "profile rbd", "osd": "profile rbd pool=\(pool)"])
  }
}
