import ArgumentParser
import Ceph
import Crush
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
        varde prove --ceph --osd-dump osd.json --crush crush.json --pg-dump pg.json

        varde prove --ceph --host mon1 --survive rack

      Failures of a cluster are judged by what they add: what is broken now is told once.

      Exit code 1: the site does not keep what 'survive' asks of it, the cluster not what --survive does, or with --down,
      something breaks.
      """)

  @Argument(help: ArgumentHelp("The site file.", valueName: "site.yaml"), completion: .file(extensions: ["yaml"]))
  var site: String?
  @Option(help: ArgumentHelp("How many failures at once: 1 or 2.", valueName: "n")) var depth = 1
  @Option(
    help: ArgumentHelp(
      "What fails: disk, host, leaf, spine, link, rack, mon, mgr, or of a cluster any type of its CRUSH tree; several with commas.",
      valueName: "kinds"))
  var kinds: KindList?
  @Option(
    help: ArgumentHelp(
      "Instead of every failure, these at once; several times: a1, \"rack a\", \"link s1 a-l1\", \"osd a1:/dev/vdb\"; of a cluster osd.3, \"datacenter dc1\".",
      valueName: "component"))
  var down: [String] = []
  @Option(help: ArgumentHelp("User data in the cluster, as 40TiB: does it still fit?", valueName: "size"))
  var stored: String?
  @Option(help: "text, json or svg (a matrix; of a site file).") var format = DesignCommand.Format.text
  @Option(
    help: ArgumentHelp(
      "Of a running cluster: no disk, and no bucket up to this type, is to break anything; else the exit code is 1.",
      valueName: "type"))
  var survive: String?
  @Flag(help: "Prove a running Ceph cluster, from its JSON or through a monitor's host.") var ceph = false
  @OptionGroup(title: "Of a running cluster") var cluster: ClusterInput
  @Option(help: ArgumentHelp("ssh configuration to use instead of your own.", valueName: "file"), completion: .file())
  var sshConfig: String?

  func validate() throws {
    guard [1, 2].contains(depth) else { throw ValidationError("--depth is 1 or 2") }
    guard ceph != (site != nil) else { throw ValidationError("name a site file, or say --ceph, not both") }
    if let stored, Bytes(stored) == nil { throw ValidationError("--stored: write a size with a unit, as 40TiB") }
    if ceph, stored != nil { throw ValidationError("--stored is for site files") }
    guard ceph || survive == nil else {
      throw ValidationError("--survive is for --ceph; a site file has 'survive'")
    }
    guard survive == nil || (depth == 1 && down.isEmpty) else {
      throw ValidationError("--survive is about single failures: leave --depth and --down out")
    }
    if ceph, format == .svg { throw ValidationError("--format svg is for site files") }
    if ceph { try cluster.validateInput() }
  }

  func run() async throws {
    guard let site else { return try await proveCluster() }
    let design = try SiteOptions(file: site).design()
    let kinds = try kinds?.chosen(of: FailureKind.allCases) ?? Set(FailureKind.allCases)
    if !down.isEmpty { return try ask(FailureSimulation(design, stored: stored.flatMap { Bytes($0) })) }
    if format == .svg { return print(ProofPicture(design, depth: depth, kinds: kinds).svg) }
    let proof = Proof(design, depth: depth, kinds: kinds, stored: stored.flatMap { Bytes($0) })
    try show(proof)
    if !proof.brokenPromises.isEmpty { throw Exit.failed }
  }

  /// What holds with these down.
  private func ask(_ simulation: FailureSimulation) throws {
    let components = try down.map { try Component($0, in: simulation.design) }
    try show(simulation.findings(down: Set(components)), of: components)
  }

  private func show(_ findings: [Finding], of components: [Component]) throws {
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
    let dumps = try await cluster.loadDumps(sshConfig: sshConfig)
    let placed: PlacedCluster
    do throws(CrushMapError) { placed = try dumps.cluster() } catch { throw InputError(description: "\(error)") }
    if !down.isEmpty { return try ask(placed) }
    let promised = try survive.map { try placed.kinds(upTo: FailureKind(rawValue: $0)) } ?? []
    let proof = Proof(
      placed, depth: depth, kinds: try kinds?.chosen(of: placed.kinds), mustSurvive: promised)
    try show(proof)
    if !proof.brokenPromises.isEmpty { throw Exit.failed }
  }

  /// What holds of a cluster with these down, beside what is broken now.
  private func ask(_ placed: PlacedCluster) throws {
    let failures = try down.map { try placed.failure(called: $0) }
    try show(PlacedSimulation(placed).findings(adding: failures), of: failures.map(\.component))
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
      kinds = Set(argument.split(separator: ",").map { FailureKind(rawValue: String($0)) })
      if kinds.isEmpty { return nil }
    }

    /// - Throws: `InputError` where there is no such kind
    func chosen(of known: [FailureKind]) throws -> Set<FailureKind> {
      if let strange = kinds.subtracting(known).min() {
        let words = known.map(\.rawValue).joined(separator: ", ")
        throw InputError(description: "--kinds: there is no '\(strange)' here; there are \(words)")
      }
      return kinds
    }
  }
}
