import ArgumentParser
import Foundation
import Rehearsal

extension LabCommand {
  struct Compare: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Rehearse two variants of a site, one after the other, and show them side by side.",
      discussion: """
        Each is rolled out on a fresh twin, and the failures that it is asked to survive are made there, as varde rehearse
        does. The files may have the same site name: the second twin is made when the first is gone.

          varde lab compare two-racks.yaml three-racks.yaml --failures 6
        """)

    @Argument(help: ArgumentHelp("The first variant.", valueName: "a.yaml"), completion: .file(extensions: ["yaml"]))
    var first: String
    @Argument(help: ArgumentHelp("The second variant.", valueName: "b.yaml"), completion: .file(extensions: ["yaml"]))
    var second: String
    @OptionGroup var rehearsal: RehearsalOptions
    @Option(help: "text or json.") var format = OutputFormat.text

    func run() async throws {
      let files = [first, second]
      // Both are read before anything is made.
      let designs = try files.map { try SiteOptions(file: $0).design() }
      var variants: [RehearsalComparison.Variant] = []
      for (file, design) in zip(files, designs) {
        Terminal.say("rehearsing \(file)")
        let report = try await rehearsal.rehearse(design, from: .nothing, keepsTwin: false)
        variants.append(.init(file: file, report: report))
      }
      let comparison = RehearsalComparison(variants)
      switch format {
      case .text: print(comparison.text, terminator: "")
      case .json: print(try Output.json(comparison))
      }
      if !comparison.isGood { throw Exit.failed }
    }
  }
}
