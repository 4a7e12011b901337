import Design
import Foundation
import HostProtocol
import Hosts

/// Finds the identity and keys of a cluster that is there already, so that a controller that has never seen it goes on
/// with them and makes no others.
public struct CephIdentity: Sendable {
  /// Name in the store to value.
  public var secrets: [String: String]
  /// Whether a monitor's store has been made on the host that was asked.
  public var isMember = false
  /// Whether that monitor has ever been part of a quorum.
  public var hasHadQuorum = false

  /// What the files on a monitor's host tell; empty where it has none.
  public static func files(_ session: any HostSession) async throws -> CephIdentity {
    let store = "/var/lib/ceph/mon/ceph-\(session.host)"
    let paths = [
      "/etc/ceph/ceph.conf", "/etc/ceph/ceph.client.admin.keyring", "\(store)/keyring",
      // Written when a monitor has learnt of a quorum, not when its store is made.
      "\(store)/min_mon_release",
    ]
    let texts = try await session.read(paths, limit: 1 << 16).map { $0.map { String(decoding: $0, as: UTF8.self) } }
    var identity = CephIdentity(secrets: [:], isMember: texts[2] != nil)
    // A configuration without a monitor may be left from another life; it names no cluster that we would meet.
    guard identity.isMember else { return identity }
    if let conf = texts[0], let fsid = option("fsid", in: conf) { identity.secrets[CephSecret.fsid] = fsid }
    identity.hasHadQuorum = texts[3] != nil
    for text in texts[1...2].compactMap({ $0 }) {
      identity.secrets.merge(keys(in: text)) { first, _ in first }
    }
    return identity
  }

  /// What a running cluster tells of the entities that the design uses; other keys are none of our business.
  public init(_ state: ClusterState, of ceph: CephDesign) {
    secrets = [:]
    for keyring in Keyring.all(of: ceph) {
      if let entry = state.auth[keyring.entity] { secrets[CephSecret.key(keyring.entity)] = entry.key }
    }
    let uuids = Set(ceph.osds.map(\.disk.uuid))
    for osd in state.osds where uuids.contains(osd.uuid) {
      if let entry = state.auth["osd.\(osd.id)"] { secrets[CephSecret.osdKey(uuid: osd.uuid)] = entry.key }
    }
  }

  init(secrets: [String: String], isMember: Bool) {
    self.secrets = secrets
    self.isMember = isMember
  }

  static func option(_ name: String, in conf: String) -> String? {
    conf.split(separator: "\n").lazy.compactMap { line -> String? in
      let parts = line.split(separator: "=", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
      return parts.count == 2 && parts[0] == name ? parts[1] : nil
    }.first
  }

  static func keys(in keyring: String) -> [String: String] {
    var entity: String?
    var keys: [String: String] = [:]
    for line in keyring.split(separator: "\n").map({ $0.trimmingCharacters(in: .whitespaces) }) {
      if line.hasPrefix("["), line.hasSuffix("]") { entity = String(line.dropFirst().dropLast()) }
      if let entity, let key = option("key", in: line) { keys[CephSecret.key(entity)] = key }
    }
    return keys
  }
}
