import ArgumentParser
import Design
import Foundation
import Site

/// The site file that a command works on.
struct SiteOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("The site file.", valueName: "site.yaml"), completion: .file(extensions: ["yaml"]))
  var site: String

  init() {}

  /// For commands that take the file in a way of their own.
  init(file: String) { site = file }

  /// - Throws: `SiteProblems`, `InputError`
  func load() throws -> Site {
    let text: String
    do { text = try InputFile.read(site) } catch {
      let remedy = error == .missing ? "varde init > \(site) begins one" : "it must be a file that you may read"
      throw InputError(description: "\(site): \(error); \(remedy)")
    }
    return try SiteFile.decode(text, path: site, profile: InputFile.read).get()
  }

  func design() throws -> Design { Design(try load()) }
}
