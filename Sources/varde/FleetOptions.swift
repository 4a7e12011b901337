import ArgumentParser
import Design
import Foundation
import Site

/// A site file, or a folder of them.
struct FleetOptions: ParsableArguments {
  @Argument(help: ArgumentHelp("The site file.", valueName: "site.yaml"), completion: .file(extensions: ["yaml"]))
  var site: String?
  @Option(
    help: ArgumentHelp("Instead of one site file, all those in this folder and below it.", valueName: "folder"),
    completion: .directory)
  var fleet: String?

  func validate() throws {
    if site == nil, fleet == nil { throw ValidationError("name a site file, or a folder of them with --fleet") }
    if site != nil, fleet != nil { throw ValidationError("name one site file, or --fleet, not both") }
  }

  /// One site, where that was asked for.
  ///
  /// - Throws: `SiteProblems`, `InputError`
  func design() throws -> Design? { try site.map { try SiteOptions(file: $0).design() } }

  /// Every site of the folder; what no site needs is named on standard error.
  ///
  /// - Throws: `InputError`
  static func load(_ folder: String) throws -> [Fleet.Member] {
    var isFolder: ObjCBool = false
    guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue,
      let found = FileManager.default.enumerator(atPath: folder)
    else { throw InputError(description: "\(folder): no such folder, or not one that you may read") }
    var files: [String: String] = [:]
    while let name = found.nextObject() as? String {
      if (name as NSString).lastPathComponent.hasPrefix(".") {
        found.skipDescendants()
        continue
      }
      guard ["yaml", "yml"].contains((name as NSString).pathExtension) else { continue }
      let path = (folder as NSString).appendingPathComponent(name)
      do { files[path] = try InputFile.read(path) } catch {
        throw InputError(description: "\(path): \(error); make it readable, or take it out of the fleet")
      }
    }
    let fleet = Fleet(files: files, profile: InputFile.read)
    for file in fleet.unused { Terminal.say("\(file): names no site, and no site extends it") }
    guard !fleet.members.isEmpty else {
      throw InputError(description: "\(folder): no site file in it; a site file names its 'site'")
    }
    return fleet.members
  }
}
