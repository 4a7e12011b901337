import ArgumentParser
import Design
import Guarantees
import Site

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Validate a site file; tell in short what follows from it and what it survives.",
    discussion: """
      Every problem of the file is reported at its place: file:line:column, what is wrong, what to do. With --fleet,
      every site of a folder is told of in turn, and one that has problems keeps no other from being checked.
      """)

  @OptionGroup var sites: FleetOptions
  @Option(help: "text or json.") var format = OutputFormat.text

  func run() throws {
    if let folder = sites.fleet { return try check(fleet: folder) }
    guard let design = try sites.design() else { return }
    let report = CheckReport(design)
    switch format {
    case .text: print(report.text)
    case .json: print(try Output.json(report))
    }
  }

  private func check(fleet folder: String) throws {
    var reports: [CheckReport] = []
    var isValid = true
    for member in try FleetOptions.load(folder) {
      switch member.site {
      case .success(let site): reports.append(CheckReport(Design(site)))
      case .failure(let problems):
        isValid = false
        Terminal.say("\(problems)")
      }
    }
    switch format {
    case .text: print(reports.map(\.text).joined(separator: "\n"))
    case .json: print(try Output.json(reports))
    }
    guard isValid else { throw Exit.invalid }
  }
}
