import ArgumentParser
import Ceph
import Design
import Foundation
import Guarantees
import Site

struct ProveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Try every failure, or every pair of them, and tell what each breaks and why.",
    discussion: """
      Of a site file: every disk, host, leaf, spine, link, rack, monitor and manager; what holds wherever CRUSH may have
      put the copies. With --ceph, of a running cluster that Varde need not have built: exactly, from where its placement
      groups lie now; nothing else of Varde is needed for that.

        varde prove site.yaml
        varde prove site.yaml --depth 2 --kinds rack,host
        varde prove site.yaml --down "rack a" --down b1
        varde prove --ceph --osd-dump osd.json --osd-tree tree.json --pg-dump pg.json --crush-dump crush.json

      Exit code 1: the site does not keep what 'survive' asks of it, or with --down, something breaks.
      """)

  @Argument(help: ArgumentHelp("The site file.", valueName: "site.yaml"), completion: .file(extensions: ["yaml"]))
  var site: String?
  @Option(help: ArgumentHelp("How many failures at once: 1 or 2.", valueName: "n")) var depth = 1
  @Option(
    help: ArgumentHelp(
      "What fails: disk, host, leaf, spine, link, rack, mon, mgr; several with commas.", valueName: "kinds"))
  var kinds: KindList?
  @Option(
    help: ArgumentHelp(
      "Instead of every failure, these at once; several times: a1, \"rack a\", \"link s1 a-l1\", \"osd a1:/dev/vdb\".",
      valueName: "component"))
  var down: [String] = []
  @Option(help: ArgumentHelp("User data in the cluster, as 40TiB: does it still fit?", valueName: "size"))
  var stored: String?
  @Option(help: "text, json or svg (a matrix; of a site file).") var format = DesignCommand.Format.text
  @Flag(help: "Prove a running Ceph cluster, from its JSON or through a monitor's host.") var ceph = false
  @OptionGroup(title: "Of a running cluster") var cluster: ClusterOptions

  func validate() throws {
    guard [1, 2].contains(depth) else { throw ValidationError("--depth is 1 or 2") }
    guard ceph != (site != nil) else { throw ValidationError("name a site file, or say --ceph, not both") }
    if let stored, Bytes(stored) == nil { throw ValidationError("--stored: write a size with a unit, as 40TiB") }
    if ceph, !down.isEmpty || stored != nil { throw ValidationError("--down and --stored are for site files") }
    if ceph, format == .svg { throw ValidationError("--format svg is for site files") }
    if ceph { try cluster.validateInput() }
  }

  func run() async throws {
    guard let site else { return try await proveCluster() }
    let design = try SiteOptions(file: site).design()
    let kinds = kinds?.kinds ?? Set(FailureKind.allCases)
    if !down.isEmpty { return try ask(FailureSimulation(design, stored: stored.flatMap { Bytes($0) })) }
    if format == .svg { return print(ProofPicture(design, depth: depth, kinds: kinds).svg) }
    let proof = Proof(design, depth: depth, kinds: kinds, stored: stored.flatMap { Bytes($0) })
    try show(proof)
    if !proof.brokenPromises.isEmpty { throw Exit.failed }
  }

  /// What holds with these down.
  private func ask(_ simulation: FailureSimulation) throws {
    let components = try down.map { try Component($0, in: simulation.design) }
    let findings = simulation.findings(down: Set(components))
    switch format {
    case .json: print(try Output.json(findings))
    case .text, .svg:
      var table = TextTable(["with \(components.map(\.description).joined(separator: ", ")) down", "", ""])
      for finding in findings { table.add(finding.guarantee.title, finding.holds ? "holds" : "BREAKS", finding.why) }
      print(table.text, terminator: "")
    }
    if findings.contains(where: { !$0.holds }) { throw Exit.failed }
  }

  private func proveCluster() async throws {
    let placed = try await cluster.load().cluster()
    let usual: Set<FailureKind> = depth == 1 ? [.disk, .host, .rack, .mon] : [.host, .rack]
    try show(Proof(placed, depth: depth, kinds: kinds?.kinds ?? usual))
  }

  private func show(_ proof: Proof) throws {
    switch format {
    case .json: print(try Output.json(proof))
    case .text, .svg: print(ProofText(proof).text, terminator: "")
    }
  }

  /// `rack,host`.
  struct KindList: ExpressibleByArgument {
    var kinds: Set<FailureKind>

    init?(argument: String) {
      let found = argument.split(separator: ",").map { FailureKind(rawValue: String($0)) }
      guard !found.isEmpty, !found.contains(nil) else { return nil }
      kinds = Set(found.compactMap { $0 })
    }
  }
}
