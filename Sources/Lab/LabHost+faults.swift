import Design
import Foundation
import Processes

/// One host's side of a fault.
extension LabHost {
  private static let table = "netdev varde-lab"
  /// Marks an interface that the lab pulled, and tells what heals it. The mark is on the thing itself.
  private static let pulled = "pulled by varde lab"
  private static let pulledWhileUp = "pulled by varde lab, was up"

  /// Drops all that arrives on an interface, in the host's own namespace.
  func silence(_ interface: String) async throws {
    let chain = "\(Self.table) drop-\(interface)"
    let rules = """
      add table \(Self.table)
      add chain \(chain) { type filter hook ingress device "\(interface)" priority -500; policy drop; }

      """
    try await Command.check(try network("nft", "-f", "-"), input: rules)
  }

  /// Ends what `silence` did, where it did.
  func hear(_ interface: String) async throws {
    guard try await silenced().contains(interface) else { return }
    try await Command.check(try network("nft", "delete", "chain", "netdev", "varde-lab", "drop-\(interface)"))
  }

  /// Interfaces that `silence` has its hand on.
  func silenced() async throws -> Set<String> {
    struct Listing: Decodable {
      struct Item: Decodable { var chain: Chain? }
      struct Chain: Decodable { var table, name: String }
      var nftables: [Item]
    }
    let text = try await Command.check(try network("nft", "-j", "list", "chains", "netdev"))
    let listing = try JSONDecoder().decode(Listing.self, from: Data(text.utf8))
    let ours = listing.nftables.compactMap(\.chain).filter { $0.table == "varde-lab" && $0.name.hasPrefix("drop-") }
    return Set(ours.map { String($0.name.dropFirst("drop-".count)) })
  }

  /// Takes an interface down.
  func pull(_ interface: String) async throws {
    guard let now = try await Interface.list(try network())[interface], now.ifalias == nil else { return }
    let mark = now.isUp ? Self.pulledWhileUp : Self.pulled
    try await Command.check(try network("ip", "link", "set", interface, "down", "alias", mark))
  }

  /// Ends what `pull` did, where it did.
  func plug(_ interface: String) async throws {
    guard let mark = try await Interface.list(try network())[interface]?.ifalias, mark.hasPrefix(Self.pulled) else {
      return
    }
    try await Command.check(try network("ip", "link", "set", interface, "alias", ""))
    if mark == Self.pulledWhileUp { try await Command.check(try network("ip", "link", "set", interface, "up")) }
  }

  /// Interfaces that `pull` took down.
  func pulled() async throws -> Set<String> {
    Set(try await Interface.list(try network()).filter { $0.value.ifalias?.hasPrefix(Self.pulled) ?? false }.keys)
  }

  /// Kills all processes of a systemd unit.
  func killDaemon(_ unit: String) throws {
    let processes = cgroup.processes(ofUnit: unit)
    guard !processes.isEmpty else { throw LabError(name, "\(unit) does not run") }
    for pid in processes { kill(pid, SIGKILL) }
  }

  /// Starts a unit, also one that systemd gave up.
  func startDaemon(_ unit: String) async throws {
    _ = try await Command(try inside(["systemctl", "reset-failed", unit])).run()
    try await Command.check(try inside(["systemctl", "start", unit]))
  }
}
