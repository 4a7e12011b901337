import ArgumentParser
import Crush
import Foundation

/// A cluster's OSD map in files, whichever forms they have.
struct MapOptions: ParsableArguments {
  @Option(help: ArgumentHelp("ceph osd dump -f json", valueName: "file"), completion: .file()) var osdDump: String?
  @Option(
    name: [.long, .customLong("crush-dump")],
    help: ArgumentHelp("With it, the CRUSH map: text, binary, or ceph osd crush dump -f json", valueName: "file"),
    completion: .file())
  var crush: String?
  @Option(
    help: ArgumentHelp("Instead of both: a binary OSD map, ceph osd getmap", valueName: "file"), completion: .file())
  var osdmap: String?

  var areGiven: Bool { osdDump != nil || crush != nil || osdmap != nil }

  /// - Throws: `ValidationError`
  func validateFiles() throws {
    guard osdmap == nil || (osdDump == nil && crush == nil) else {
      throw ValidationError("--osdmap has what --osd-dump and --crush have: give it or them")
    }
    guard osdmap != nil || (osdDump != nil && crush != nil) else {
      throw ValidationError("--osd-dump and --crush are needed, or an --osdmap")
    }
  }

  /// - Throws: `InputError`
  func load() throws -> OSDMap {
    if let osdmap { return try Self.read(osdmap) { data throws(CrushMapError) in try OSDMap(binary: data) } }
    let map = try Self.read(crush ?? "") { data throws(CrushMapError) in try CrushMap(data) }
    return try Self.read(osdDump ?? "") { data throws(CrushMapError) in try OSDMap(json: data, crush: map) }
  }

  /// - Throws: `InputError`, which names the file
  static func read<Value>(_ path: String, _ decode: (Data) throws(CrushMapError) -> Value) throws -> Value {
    // A pipe, too; `-` is standard input.
    guard let file = path == "-" ? FileHandle.standardInput : FileHandle(forReadingAtPath: path) else {
      throw InputError(description: "\(path): \(String(cString: strerror(errno)))")
    }
    guard let data = try? file.readToEnd() ?? Data() else {
      throw InputError(description: "\(path): cannot be read; is it a directory?")
    }
    do throws(CrushMapError) { return try decode(data) } catch {
      throw InputError(description: "\(path): \(error)")
    }
  }
}
