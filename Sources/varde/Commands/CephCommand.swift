import ArgumentParser
import Crush
import Foundation
import Site

struct CephCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ceph", abstract: "Look ahead on a Ceph cluster, and place its data; whoever built it.",
    subcommands: [
      CephWhatIfCommand.self, CephDrainCommand.self, CephHoldCommand.self, CephRepairCommand.self,
    ])
}

struct CephWhatIfCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "what-if", abstract: "Tell what a change or a loss moves, before it happens.",
    discussion: """
      Of a monitor's host, or of a cluster's own dumps: how much moves, between which failure domains, how full the
      fullest OSD becomes meanwhile and at the end, and how long it takes. Nothing is changed.

        varde ceph what-if --host mon1 --lose rack-b
        varde ceph what-if --host mon1 --add root=default,rack=c,host=c1:8x7.3TiB:hdd
        varde ceph what-if --osdmap map --pg-dump pg.json --pool-rule vms=by-rack
      """)

  @OptionGroup var cluster: ClusterInput
  @Option(help: ArgumentHelp("A bucket or an OSD that is gone for good.", valueName: "name")) var lose: [String] = []
  @Option(
    help: ArgumentHelp(
      "New OSDs: their place, how many, of which size, of which class.",
      valueName: "type=name,…:NxSIZE[:class]"))
  var add: [String] = []
  @Option(help: ArgumentHelp("CRUSH weight, in TiB by custom.", valueName: "osd.N=weight")) var weight: [String] = []
  @Option(help: ArgumentHelp("How much of an OSD or of all in a bucket is in, 0 to 1.", valueName: "name=share"))
  var reweight: [String] = []
  @Option(help: ArgumentHelp("Another place for a bucket.", valueName: "name:type=name,…")) var move: [String] = []
  @Option(help: ArgumentHelp("Another rule for a pool.", valueName: "pool=rule")) var poolRule: [String] = []
  @Option(help: ArgumentHelp("Another size for a pool.", valueName: "pool=n")) var poolSize: [String] = []
  @Option(
    help: ArgumentHelp("A whole CRUSH map in the place of the cluster's: text, binary or JSON.", valueName: "file"),
    completion: .file())
  var newCrush: String?
  @Option(help: ArgumentHelp("Between which buckets flows are told.", valueName: "type")) var domain = "host"
  @OptionGroup var movement: MovementOptions
  @Option(help: "text or json.") var format = OutputFormat.text
  @Option(help: ArgumentHelp("ssh configuration to use instead of your own.", valueName: "file"), completion: .file())
  var sshConfig: String?

  func validate() throws {
    try cluster.validateInput()
    guard try !changes().isEmpty || newCrush != nil else { throw ValidationError("say what changes: --lose, --add, …") }
  }

  func run() async throws {
    let maps = try await cluster.load(sshConfig: sshConfig)
    let (map, use) = (maps.map, maps.use)
    let changes = try changes()
    var base = map
    if let newCrush {
      base.crush = try MapOptions.read(newCrush) { data throws(CrushMapError) in try CrushMap(data) }
    }
    guard base.crush.types.values.contains(domain) else {
      let types = base.crush.types.sorted { $0.key < $1.key }.map(\.value).joined(separator: ", ")
      throw InputError(description: "--domain: there is no type '\(domain)'; there are \(types)")
    }
    let (after, added): (OSDMap, [Int: Double])
    do throws(CrushMapError) { (after, added) = try base.after(changes) } catch {
      throw InputError(description: "\(error)")
    }
    let forecast = MovementForecast(
      from: map, to: after, use.adding(added), domain: domain, rate: movement.rate,
      threads: ProcessInfo.processInfo.activeProcessorCount)
    Terminal.noteStandstill(map)
    if let osd = unreached(added, after) {
      Terminal.say(
        "note: nothing comes to osd.\(osd): no pool's rule takes an OSD of that root and class, or it weighs 0")
    }
    switch format {
    case .text: for line in MovementText(forecast).lines { print(line) }
    case .json: print(try Output.json(forecast))
    }
    // Data that cannot be read, or that finds no place.
    if forecast.isHarmful { throw Exit.failed }
  }

  /// A new OSD that no placement group will lie on.
  private func unreached(_ added: [Int: Double], _ after: OSDMap) -> Int? {
    guard !added.isEmpty else { return nil }
    var left = Set(added.keys.map(Int32.init))
    for table in after.tables(.upmapped, threads: ProcessInfo.processInfo.activeProcessorCount) where !left.isEmpty {
      left.subtract(table.osds)
    }
    return left.min().map(Int.init)
  }

  /// - Throws: `ValidationError`
  private func changes() throws -> [ClusterChange] {
    try add.map(Self.addition)
      + move.map { try Self.pair($0, at: ":") { .move($0, to: try Self.path($1)) } }
      + weight.map { text in try Self.pair(text, at: "=") { .weight($0, try Self.number($1, in: text)) } }
      + reweight.map { text in try Self.pair(text, at: "=") { .reweight($0, try Self.number($1, in: text, most: 1)) } }
      + poolRule.map { try Self.pair($0, at: "=") { .rule(pool: $0, rule: $1) } }
      + poolSize.map { text in
        try Self.pair(text, at: "=") { .size(pool: $0, size: try Self.wholeNumber($1, in: text)) }
      } + lose.map { .lose($0) }
  }

  private static func pair(
    _ text: String, at separator: Character, _ make: (String, String) throws -> ClusterChange
  ) throws -> ClusterChange {
    guard let place = text.firstIndex(of: separator), place > text.startIndex else {
      throw ValidationError("'\(text)' lacks a '\(separator)'")
    }
    return try make(String(text[..<place]), String(text[text.index(after: place)...]))
  }

  private static func number(_ text: String, in whole: String, most: Int = 65535) throws -> Double {
    guard let number = Double(text), (0...Double(most)).contains(number) else {
      throw ValidationError("'\(whole)': '\(text)' is no number of 0 to \(most)")
    }
    return number
  }

  private static func wholeNumber(_ text: String, in whole: String) throws -> Int {
    guard let number = Int(text), (1...255).contains(number) else {
      throw ValidationError("'\(whole)': '\(text)' is no size of 1 to 255")
    }
    return number
  }

  private static func path(_ text: String) throws -> [CrushMap.Place] {
    try text.split(separator: ",").map { part in
      let words = part.split(separator: "=", omittingEmptySubsequences: false)
      guard words.count == 2, !words[0].isEmpty, !words[1].isEmpty else {
        throw ValidationError("'\(text)' is no place: root=default,rack=a,host=a1")
      }
      return CrushMap.Place(type: String(words[0]), name: String(words[1]))
    }
  }

  private static func addition(_ text: String) throws -> ClusterChange {
    let parts = text.split(separator: ":").map(String.init)
    let amount = parts.count > 1 ? parts[1].split(separator: "x", maxSplits: 1).map(String.init) : []
    guard (2...3).contains(parts.count), amount.count == 2, let count = Int(amount[0]), (1...10000).contains(count),
      let size = Bytes(amount[1])
    else {
      throw ValidationError("'\(text)' is no addition: root=default,host=a9:8x7.3TiB:hdd")
    }
    return .add(
      host: try path(parts[0]), osds: count, size: Double(size.count), deviceClass: parts.count > 2 ? parts[2] : nil)
  }
}
