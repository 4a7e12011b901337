import ArgumentParser

@main
struct Varde: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "varde", abstract: "One file describes a cloud.")
}
