import ArgumentParser
import Site

struct InitCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "init", abstract: "Print a commented starter site file.",
    discussion: "varde init > site.yaml, then edit it; varde check tells what is wrong and what follows.")

  func run() { print(SiteStarter.yaml, terminator: "") }
}
