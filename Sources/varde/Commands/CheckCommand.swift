import ArgumentParser
import Design
import Guarantees

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", abstract: "Validate a site file; tell in short what follows from it and what it survives.",
    discussion: "Every problem of the file is reported at its place: file:line:column, what is wrong, what to do.")

  @OptionGroup var site: SiteOptions
  @Option(help: "text or json.") var format = OutputFormat.text

  func run() throws {
    let report = CheckReport(try site.design())
    switch format {
    case .text: print(report.text)
    case .json: print(try Output.json(report))
    }
  }
}
