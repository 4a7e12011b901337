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
    guard FileManager.default.fileExists(atPath: site) else {
      throw InputError(description: "\(site): no such file; varde init > \(site) begins one")
    }
    guard let data = FileManager.default.contents(atPath: site) else {
      throw InputError(description: "\(site): cannot be read; it must be a file that you may read")
    }
    return try SiteFile.decode(String(decoding: data, as: UTF8.self), path: site).get()
  }

  func design() throws -> Design { Design(try load()) }
}
