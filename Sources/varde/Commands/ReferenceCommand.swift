import ArgumentParser
import Site

/// Writes the page of the site file's keys that `make docs` keeps in `docs/`.
struct ReferenceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "reference", abstract: "Print the reference of the site file's keys, as Markdown.")

  func run() { print(SiteReference.markdown, terminator: "") }
}
