import ArgumentParser
import Crush

struct CephRepairCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "repair", abstract: "Name upmap entries that are stale, useless or against the rule, and mend them.",
    discussion: """
      The monitors look at all entries whenever the map changes, and take back what they do not want; what they overlook
      puts groups where their rule does not want them. Prints the commands of ceph on standard output and what is wrong on
      standard error; changes nothing without --apply.

        varde ceph repair --host mon1
        varde ceph repair --osdmap osdmap | sh
      """)

  @OptionGroup var target: UpmapOptions

  func run() async throws {
    try await target.run { maps in
      let repair = UpmapRepair(maps.map)
      let said = Set(repair.changes.map(\.line))
      let lines = repair.findings.map { "\($0.group): \($0.problem)" }
      return UpmapProposal(
        rounds: repair.changes.isEmpty ? [] : [repair.changes],
        others: repair.findings.compactMap(\.command).filter { !said.contains($0) },
        lines: lines.isEmpty ? ["no upmap entry is stale, useless or against its rule"] : lines)
    }
  }
}
