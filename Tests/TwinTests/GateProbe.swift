import Ceph
import Foundation
import Hosts
import Plan
import TestSupport

/// Asks a twin's cluster for gates, as a rollout does.
struct GateProbe {
  private let sessions: Sessions
  private let gates: CephGates
  private let site: TestSite

  init(_ site: TestSite) async throws {
    self.site = site
    let ssh = SSH(config: "\(site.folder)/ssh/config", agent: Products.agent)
    let addresses = try await site.nodes().map { HostAddress(name: $0.name, address: $0.name) }
    sessions = Sessions(addresses) { try await ssh.open($0) }
    gates = CephGates(sessions: sessions, mons: ["a1", "b1", "c1"])
    // Connected now, so that an answer takes no time then.
    _ = await state(.quorum(mons: []))
  }

  func state(_ gate: Gate) async -> GateState { await gates.check(gate) ?? .closed("no gate of Ceph's") }

  func opens(_ gate: Gate) async throws {
    let deadline = ContinuousClock.now + .seconds(120)
    var last = await state(gate)
    while last != .open {
      guard ContinuousClock.now < deadline else { throw Unmet("\(gate) does not open: \(last)") }
      try await Task.sleep(for: .milliseconds(200))
      last = await state(gate)
    }
  }

  /// The gate stays shut, and comes to be so for a reason.
  func isClosed(_ gate: Gate, saying words: String) async throws {
    _ = try await wait(for: "\(gate) is shut for '\(words)'", within: .seconds(60), every: .milliseconds(200)) {
      guard case .closed(let reason, _) = await state(gate) else { throw Unmet("\(gate) is open") }
      return reason.contains(words) ? true : nil
    }
  }

  func close() async { await sessions.closeAll() }

  /// The first OSD of a host.
  func osd(of host: String) async throws -> (id: Int, upFrom: Int) {
    struct Dump: Decodable {
      struct OSD: Decodable {
        var osd: Int
        var upFrom: Int

        enum CodingKeys: String, CodingKey {
          case osd
          case upFrom = "up_from"
        }
      }

      var osds: [OSD]
    }
    let number = try await site.sh(host, "basename /var/lib/ceph/osd/ceph-*").dropFirst("ceph-".count)
    let text = try await site.sh("b1", "ceph osd dump -f json 2>/dev/null")
    let dump = try JSONDecoder().decode(Dump.self, from: Data(text.utf8))
    guard let id = Int(number.trimmingCharacters(in: .whitespacesAndNewlines)),
      let osd = dump.osds.first(where: { $0.osd == id })
    else { throw Unmet("\(host) has no OSD") }
    return (id, osd.upFrom)
  }

  /// Hosts of the managers.
  func mgrs() async throws -> [String] {
    let nodes = try await site.nodes().filter { $0.kind == "host" }.map(\.name)
    var found: [String] = []
    for node in nodes where try await !site.sh(node, "ls /var/lib/ceph/mgr 2>/dev/null || true").isEmpty {
      found.append(node)
    }
    return found
  }
}
