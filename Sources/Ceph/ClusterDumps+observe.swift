import Foundation
import HostProtocol
import Hosts
import Plan

extension ClusterDumps {
  /// Asks a cluster through the agent of a host that has its configuration and the admin's keyring.
  ///
  /// - Parameter brief: whether monitors are left out, and of placement groups all but where they are
  /// - Throws: `HostError` where the host is gone, or the cluster does not answer
  public init(asking session: any HostSession, brief: Bool = false) async throws {
    func ask(_ prefix: String, _ arguments: [String: MonCommand.Argument] = [:]) async throws -> Data {
      let reply = try await session.mon(.make(prefix, arguments))
      guard reply.status == 0 else {
        throw HostError(host: session.host, message: "ceph \(prefix): error \(reply.status): \(reply.message)")
      }
      return Data(reply.output.utf8)
    }
    self.init(
      osdDump: try await ask("osd dump"), osdTree: try await ask("osd tree"),
      pgDump: try await ask("pg dump", ["dumpcontents": .list([brief ? "pgs_brief" : "pgs"])]),
      crushDump: try await ask("osd crush dump"), monDump: brief ? nil : try await ask("mon dump"))
  }
}
