import ArgumentParser
import Crush
import Foundation

struct CrushCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crush", abstract: "Work with CRUSH maps, of any Ceph cluster.",
    subcommands: [CrushTestCommand.self, CrushMapGroupsCommand.self])
}

struct CrushTestCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "test", abstract: "Map inputs by a rule, as crushtool --test does, in its own lines.",
    discussion: """
      The map is crushtool's text or the binary form:

        ceph osd getcrushmap -o map
        varde crush test -i map --rule 0 --num-rep 3 --max-x 9 --show-mappings
      """)

  @Option(name: .customShort("i"), help: ArgumentHelp("The map.", valueName: "map"), completion: .file())
  var input: String
  @Option(help: ArgumentHelp("The rule's number.", valueName: "n")) var rule: Int
  @Option(help: ArgumentHelp("How many devices are wanted.", valueName: "n")) var numRep: Int
  @Option(help: ArgumentHelp("The first input.", valueName: "x")) var minX: UInt32 = 0
  @Option(help: ArgumentHelp("The last input.", valueName: "x")) var maxX: UInt32 = 1023
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("A device, and how much of it is in, 0 to 1; more pairs may follow.", valueName: "device share"))
  var weight: [String] = []
  @Flag(help: "A line for each input.") var showMappings = false
  @Flag(help: "How many devices were found, and how much each device got.") var showUtilization = false

  func validate() throws {
    guard numRep > 0, numRep <= 4096 else { throw ValidationError("--num-rep is 1 to 4096") }
    guard minX <= maxX else { throw ValidationError("--min-x is not to be more than --max-x") }
    guard weight.count.isMultiple(of: 2) else { throw ValidationError("--weight takes pairs: a device and a share") }
  }

  func run() throws {
    let map = try MapOptions.read(input) { data throws(CrushMapError) in try CrushMap(data) }
    do {
      let test = CrushTest(map, reweights: try reweights)
      let inputs = minX...maxX
      if showUtilization {
        print(
          try test.utilization(rule: rule, size: numRep, inputs: inputs, showingMappings: showMappings), terminator: "")
      } else if showMappings {
        print(try test.mappings(rule: rule, size: numRep, inputs: inputs).joined(separator: "\n"))
      } else {
        try test.each(rule: rule, size: numRep, inputs: inputs) { _, _ in }
      }
    } catch let error as CrushMapError {
      throw InputError(description: "\(input): \(error)")
    }
  }

  private var reweights: [Int: Double] {
    get throws {
      var shares: [Int: Double] = [:]
      for index in stride(from: 0, to: weight.count, by: 2) {
        guard let device = Int(weight[index]), device >= 0, let share = Double(weight[index + 1]), share >= 0 else {
          throw InputError(description: "--weight: '\(weight[index]) \(weight[index + 1])' is no device and share")
        }
        shares[device] = share
      }
      return shares
    }
  }
}

struct CrushMapGroupsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "map-pgs", abstract: "Tell where placement groups lie, as osdmaptool --test-map-pgs does.",
    discussion: """
      By the OSD map alone: what OSDs and clients compute, whatever the cluster is doing.

        ceph osd getmap -o osdmap
        varde crush map-pgs --osdmap osdmap --dump
      """)

  @OptionGroup var files: MapOptions
  @Flag(help: "A line for each group: its OSDs, and the one that leads, as --test-map-pgs-dump.") var dump = false
  @Option(help: ArgumentHelp("How many threads do the work.", valueName: "n")) var threads = 1

  func validate() throws {
    try files.validateFiles()
    guard (1...1024).contains(threads) else { throw ValidationError("--threads is 1 to 1024") }
  }

  func run() throws {
    let map = try files.load()
    guard !dump else { return printGroups(map) }
    var counts: [Int32: Int] = [:]
    for table in map.tables(.acting, threads: threads) {
      print("pool \(table.pool.id) pg_num \(table.pool.groups)")
      for osd in table.osds where osd != CrushMapper.none { counts[osd, default: 0] += 1 }
    }
    print("#osd\tcount")
    for (osd, count) in counts.sorted(by: { $0.key < $1.key }) { print("osd.\(osd)\t\(count)") }
  }

  private func printGroups(_ map: OSDMap) {
    for mapper in map.poolMappers {
      let pool = mapper.pool
      print("pool \(pool.id) pg_num \(pool.groups)")
      let work = mapper.workspace()
      for seed in 0..<pool.groups {
        let placement = mapper.placement(seed, work)
        let osds = placement.acting.map(String.init).joined(separator: ",")
        print("\(PGID(pool: pool.id, seed: seed))\t[\(osds)]\t\(placement.actingPrimary)")
      }
    }
  }
}
