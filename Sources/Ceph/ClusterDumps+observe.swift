import Crush
import Foundation
import HostProtocol
import Hosts
import Plan

extension ClusterDumps {
  /// Asks a cluster through the agent of a host that has its configuration and the admin's keyring.
  ///
  /// - Parameter brief: whether monitors are left out, and of placement groups all but where they are
  /// - Throws: `HostError` where the host is gone, or the cluster does not answer; `CrushMapError`
  public init(asking session: any HostSession, brief: Bool = false) async throws {
    let crush = try CrushMap(json: await session.dump("osd crush dump"))
    let osdDump = try await session.dump("osd dump")
    self.init(
      map: try OSDMap(json: osdDump, crush: crush), osdDump: osdDump,
      pgDump: try await session.dump("pg dump", ["dumpcontents": .list([brief ? "pgs_brief" : "pgs"])]),
      monDump: brief ? nil : try await session.dump("mon dump"), areOfOneCluster: true)
  }
}

extension HostSession {
  /// What a command of `ceph` prints as JSON, as it is.
  ///
  /// - Throws: `HostError` where the host is gone, or the cluster does not answer
  func dump(_ prefix: String, _ arguments: [String: MonCommand.Argument] = [:]) async throws -> Data {
    let reply = try await mon(.make(prefix, arguments))
    guard reply.status == 0 else {
      throw HostError(host: host, message: "ceph \(prefix): error \(reply.status): \(reply.message)")
    }
    return Data(reply.output.utf8)
  }
}
