import Foundation
import Testing

@testable import Site

/// Every broken file in `Broken`, with what must be said about it in the `.expected` file beside it.
@Suite struct BrokenFileTests {
  static let folder = Repository.root.appending(path: "Tests/SiteTests/Broken")

  static var names: [String] {
    get throws {
      try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }.sorted()
    }
  }

  @Test(arguments: try names)
  func problemsAreNamed(file: String) throws {
    let yaml = try String(contentsOf: Self.folder.appending(path: file), encoding: .utf8)
    let expected = try String(
      contentsOf: Self.folder.appending(path: file.replacing(".yaml", with: ".expected")), encoding: .utf8)
    guard case .failure(let problems) = SiteFile.decode(yaml, path: file, profile: read) else {
      Issue.record("\(file) passes for a valid site")
      return
    }
    #expect(problems.description + "\n" == expected)
  }

  /// Profiles of broken sites, and broken profiles.
  private func read(_ path: String) throws -> String {
    struct Missing: Error, CustomStringConvertible { let description = "no such file" }
    guard let text = try? String(contentsOf: Self.folder.appending(path: path), encoding: .utf8) else {
      throw Missing()
    }
    return text
  }

  @Test func corpusIsLarge() throws {
    #expect(try Self.names.count >= 60)
  }
}
