import ArgumentParser
import Crush
import Foundation

struct CrushCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "crush", abstract: "Work with CRUSH maps, of any Ceph cluster.", subcommands: [CrushTestCommand.self])
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
    guard let data = FileManager.default.contents(atPath: input) else {
      throw InputError(description: "\(input): no such file, or it cannot be read")
    }
    do {
      let test = CrushTest(try CrushMap(data), reweights: try reweights)
      let inputs = minX...maxX
      if showUtilization {
        print(
          try test.utilization(rule: rule, size: numRep, inputs: inputs, showingMappings: showMappings), terminator: "")
      } else if showMappings {
        print(try test.mappings(rule: rule, size: numRep, inputs: inputs).joined(separator: "\n"))
      } else {
        // As crushtool: a rule that is there is enough.
        _ = try test.mappings(rule: rule, size: numRep, inputs: minX...minX)
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
