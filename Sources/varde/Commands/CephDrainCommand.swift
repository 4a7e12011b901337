import ArgumentParser
import Crush
import Foundation

struct CephDrainCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "drain", abstract: "Move everything off some OSDs, evenly to the rest.",
    discussion: """
      By pg-upmap-items, while the OSDs stay up and in: so data moves once, to where it is to lie, and at the pace that is
      asked for. Prints the commands of ceph on standard output; changes nothing without --apply.

        varde ceph drain --host mon1 osd.3 osd.7
        varde ceph drain --host mon1 h4 --to rack-b --max-per-osd 2
        varde ceph drain --site site.yaml h4 --apply

      When they are empty: ceph osd out, or purge. Exit code 1: something stays on them; it is named.
      """)

  @Argument(help: ArgumentHelp("An OSD, a host or another bucket; several.", valueName: "name")) var names: [String]
  @OptionGroup var target: UpmapOptions
  @OptionGroup var scope: ScopeOptions
  @OptionGroup var pace: PaceOptions

  func validate() throws {
    guard !names.isEmpty else { throw ValidationError("name an OSD or a bucket") }
  }

  func run() async throws {
    try await target.run { maps in
      let scope = try scope.scope(of: maps.map, drained: names)
      let balancer = Balancer(
        maps.map, maps.use, scope: scope, threads: ProcessInfo.processInfo.activeProcessorCount)
      return Self.proposal(Draining(balancer, limits: pace.limits(of: maps.map)))
    }
  }

  private static func proposal(_ draining: Draining) -> UpmapProposal {
    let rounds = draining.rounds.count
    var lines = [
      "to move: \(BalanceText.bytes(draining.movedBytes)), \(draining.movedShards) shards"
        + (rounds > 1 ? ", in \(rounds) rounds" : "")
    ]
    lines += draining.stuck.prefix(20).map { "\($0.group) stays on osd.\($0.osd): \($0.reason)" }
    if draining.stuck.count > 20 { lines.append("and \(draining.stuck.count - 20) other shards stay") }
    return UpmapProposal(rounds: draining.rounds, lines: lines, isIncomplete: !draining.stuck.isEmpty)
  }
}
