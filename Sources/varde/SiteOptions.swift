import ArgumentParser
import Design
import Foundation
import Site

/// The site file that a command works on.
struct SiteOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("The site file.", valueName: "site.yaml"), completion: .file(extensions: ["yaml"]))
  var site: String

  /// - Throws: `SiteProblems`, `InputError`
  func load() throws -> Site {
    guard let data = FileManager.default.contents(atPath: site) else {
      throw InputError(description: "\(site): cannot be read; write one with varde init > site.yaml")
    }
    return try SiteFile.decode(String(decoding: data, as: UTF8.self), path: site).get()
  }

  func design() throws -> Design { Design(try load()) }
}
