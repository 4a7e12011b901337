import ArgumentParser
import Crush
import Foundation

struct CephHoldCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "hold", abstract: "Keep data where it lies after a change of the map, and let it go in steps.",
    discussion: """
      Says by pg-upmap-items of every group that is to move where it lies now: what has not begun does not begin, and what
      is under way is called off. Then --release lets groups go, some in each round.

        ceph osd set norebalance
        ceph osd crush move h4 rack=b
        varde ceph hold --host mon1 | sh
        ceph osd unset norebalance
        varde ceph hold --host mon1 --release --max-per-osd 1

      Prints the commands of ceph on standard output; changes nothing without --apply. Exit code 1: some groups move all the
      same; they are named.
      """)

  @OptionGroup var target: UpmapOptions
  @Flag(help: "Take upmaps away, round after round.") var release = false
  @Option(help: ArgumentHelp("Only groups of this pool; several times.", valueName: "pool")) var pool: [String] = []
  @OptionGroup var pace: PaceOptions

  func validate() throws {
    guard release || !pace.isGiven else {
      throw ValidationError("--max-moves, --max-bytes, --max-per-osd and --max-misplaced go with --release")
    }
  }

  func run() async throws {
    try await target.run { maps in
      let map = maps.map
      let pools = try ScopeOptions.pools(pool, map)
      if release {
        let groups = Set(map.upmapItems.keys.filter { pools?.contains($0.pool) ?? true })
        let rounds = Release(map, maps.use, groups: groups, limits: pace.limits(of: map)).rounds
        return UpmapProposal(
          rounds: rounds, lines: ["to let go: \(groups.count) placement groups, in \(rounds.count) rounds"])
      }
      guard let acting = maps.use.acting else {
        throw InputError(description: "where groups lie now is not known: give --pg-dump, or a --host to ask")
      }
      return Self.proposal(Hold(map, serving: acting.filter { pools?.contains($0.key) ?? true }))
    }
  }

  private static func proposal(_ hold: Hold) -> UpmapProposal {
    var lines = ["\(hold.changes.count) placement groups stay where they are"]
    lines += hold.loose.prefix(20).map { "\($0.group) moves all the same: \($0.reason)" }
    if hold.loose.count > 20 { lines.append("and \(hold.loose.count - 20) others") }
    return UpmapProposal(
      rounds: hold.changes.isEmpty ? [] : [hold.changes], lines: lines,
      // What moves all the same may have to wait for the operator, who has set norebalance.
      waitsUntilClean: false, isIncomplete: !hold.loose.isEmpty)
  }
}
