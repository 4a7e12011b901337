import Design
import Foundation
import HostProtocol
import Hosts

/// Finds the identity and keys of a cluster that is there already, so that a controller that has never seen it goes on
/// with them and makes no others.
public struct CephIdentity: Sendable {
  /// Name in the store to value.
  public var secrets: [String: String]

  /// What the files on a monitor's host tell; empty where it has none.
  public static func files(_ session: any HostSession) async throws -> CephIdentity {
    let paths = [
      "/etc/ceph/ceph.conf", "/etc/ceph/ceph.client.admin.keyring", "/var/lib/ceph/mon/ceph-\(session.host)/keyring",
    ]
    let texts = try await session.read(paths, limit: 1 << 16).map { $0.map { String(decoding: $0, as: UTF8.self) } }
    var secrets: [String: String] = [:]
    if let conf = texts[0], let fsid = option("fsid", in: conf) { secrets[CephSecret.fsid] = fsid }
    for text in texts[1...].compactMap({ $0 }) {
      secrets.merge(keys(in: text)) { first, _ in first }
    }
    return CephIdentity(secrets: secrets)
  }

  /// What a running cluster tells.
  public init(_ state: ClusterState, design: CephDesign) {
    secrets = [:]
    for (entity, entry) in state.auth where !entity.hasPrefix("osd.") {
      secrets[CephSecret.key(entity)] = entry.key
    }
    for osd in state.osds {
      if let entry = state.auth["osd.\(osd.id)"] { secrets[CephSecret.osdKey(uuid: osd.uuid)] = entry.key }
    }
  }

  init(secrets: [String: String]) { self.secrets = secrets }

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
