import Design
import Foundation
import HostProtocol
import Hosts
import Plan

extension UpgradeFacts {
  /// Asks the cluster, and the hosts of its monitors and managers that answer.
  ///
  /// - Throws: `HostError`, `NoAnswer`
  public static func observe(_ ceph: CephDesign, _ sessions: Sessions) async throws -> UpgradeFacts {
    let session = try await sessions.first(of: ceph.mons)
    let health = try await session.ask("health", as: HealthDump.self)
    let map = try await session.ask("osd dump", as: FlagsDump.self)
    let osds = try await session.ask("osd metadata", as: [StoreDump].self)
    var facts = UpgradeFacts(
      flags: Set(map.flagsSet),
      checks: health.checks.mapValues { Check(isError: $0.severity == "HEALTH_ERR", message: $0.summary.message) },
      fileStores: osds.filter { $0.osdObjectstore == "filestore" }.map(\.id))
    for host in ceph.mons {
      let path = "/var/lib/ceph/mon/ceph-\(host)/kv_backend"
      let text = try? await sessions.session(host).read([path], limit: 64).first
      if let text, let text, String(decoding: text, as: UTF8.self).hasPrefix("leveldb") { facts.levelDBs.append(host) }
    }
    for host in ceph.mgrs {
      let question = CommandRequest(["dpkg-query", "-W", "-f=${Version}", "python3-bcrypt"])
      guard let reply = try? await sessions.session(host).run(question), reply.status == 0, !reply.output.isEmpty else {
        continue
      }
      facts.bcrypts[host] = reply.output
    }
    return facts
  }
}

private struct HealthDump: Decodable {
  struct Check: Decodable {
    struct Summary: Decodable { var message: String }

    var severity: String
    var summary: Summary
  }

  var checks: [String: Check]
}

private struct FlagsDump: Decodable {
  var flagsSet: [String]
}

private struct StoreDump: Decodable {
  var id: Int
  var osdObjectstore: String?
}
