import Ceph
import Crush
import Foundation
import Processes

/// A cluster's own dumps, each known by what is in it or by the option that named it.
struct ClusterFiles {
  private var files: [ClusterDump: (data: Data, path: String)] = [:]

  /// - Throws: `InputError` where there is one of its kind already
  mutating func add(_ kind: ClusterDump, _ data: Data, from path: String) throws {
    if let other = files[kind] {
      throw InputError(description: "\(path) and \(other.path) are both output of '\(kind.command)': give one")
    }
    files[kind] = (data, path)
  }

  /// - Throws: `InputError`
  mutating func add(_ kind: ClusterDump, file path: String?) throws {
    if let path { try add(kind, MapOptions.read(path) { data throws(CrushMapError) in data }, from: path) }
  }

  /// A CRUSH map in any form.
  mutating func addCrush(file path: String?) throws {
    guard let path else { return }
    let data = try MapOptions.read(path) { data throws(CrushMapError) in data }
    try add(ClusterDump(data) == .crushDump ? .crushDump : .crushMap, data, from: path)
  }

  /// - Throws: `InputError`
  mutating func addReport(file path: String?) throws {
    if let path { try addReport(MapOptions.read(path) { data throws(CrushMapError) in data }, from: path) }
  }

  private mutating func addReport(_ data: Data, from path: String) throws {
    let parts = try Self.decoding(path) { () throws(CrushMapError) in try ClusterDump.parts(ofReport: data) }
    for (kind, data) in parts where files[kind] == nil { try add(kind, data, from: path) }
  }

  /// All files of a folder; what is no dump is passed over.
  ///
  /// - Throws: `InputError`
  mutating func add(folder path: String) throws {
    guard let names = try? FileManager.default.subpathsOfDirectory(atPath: path) else {
      throw InputError(description: "\(path): no such folder, or it cannot be read")
    }
    var found = 0
    for name in names.sorted() {
      let file = "\(path)/\(name)"
      let attributes = try? FileManager.default.attributesOfItem(atPath: file)
      guard attributes?[.type] as? FileAttributeType == .typeRegular else { continue }
      let data = try MapOptions.read(file) { data throws(CrushMapError) in data }
      guard let kind = ClusterDump(data) else { continue }
      found += 1
      if kind == .report { try addReport(data, from: file) } else { try add(kind, data, from: file) }
    }
    guard found > 0 else { throw InputError(description: "\(path): no file in it is a dump of a cluster") }
  }

  /// A tar archive, compressed or not, of such a folder.
  ///
  /// - Throws: `InputError`
  mutating func add(archive path: String) async throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("varde-dumps-\(UUID().uuidString)")
    try FileManager.default.createDirectory(
      at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    defer { try? FileManager.default.removeItem(at: folder) }
    let unpacked = try await Command(
      ["tar", "-x", "-f", path, "-C", folder.path, "--no-same-owner", "--no-same-permissions"]
    ).run()
    guard unpacked.status == 0 else {
      throw InputError(description: "\(path): tar cannot unpack it: \(unpacked.error.suffix(300))")
    }
    try add(folder: folder.path)
  }

  // MARK: What is in them

  /// - Throws: `InputError`, which names the file
  func map() throws -> OSDMap {
    if let (data, path) = files[.osdMap] {
      return try Self.decoding(path) { () throws(CrushMapError) in try OSDMap(binary: data) }
    }
    guard let (osds, path) = files[.osdDump] else { throw missing(.osdDump) }
    guard let (crush, crushPath) = files[.crushDump] ?? files[.crushMap] else { throw missing(.crushDump) }
    let map = try Self.decoding(crushPath) { () throws(CrushMapError) in try CrushMap(crush) }
    return try Self.decoding(path) { () throws(CrushMapError) in try OSDMap(json: osds, crush: map) }
  }

  /// Where data lies, and how full the cluster is.
  ///
  /// - Throws: `InputError`
  func maps() throws -> ClusterMaps {
    let map = try map()
    let paths = [files[.pgDump]?.path, files[.osdDf]?.path].compactMap { $0 }.joined(separator: ", ")
    return try Self.decoding(paths) { () throws(CrushMapError) in
      ClusterMaps(map, try ClusterUse(map, pgDump: files[.pgDump]?.data, osdDf: files[.osdDf]?.data))
    }
  }

  /// What goes down together.
  ///
  /// - Throws: `InputError`
  func dumps() throws -> ClusterDumps {
    guard let groups = files[.pgDump]?.data else { throw missing(.pgDump) }
    return ClusterDumps(
      map: try map(), osdDump: files[.osdDump]?.data, osdTree: files[.osdTree]?.data, pgDump: groups,
      monDump: files[.monDump]?.data)
  }

  private func missing(_ kind: ClusterDump) -> InputError {
    let given = files.values.map(\.path).sorted().joined(separator: ", ")
    return InputError(
      description: "no output of '\(kind.command) -f json' is among \(given.isEmpty ? "the files" : given)")
  }

  private static func decoding<Value>(_ path: String, _ decode: () throws(CrushMapError) -> Value) throws -> Value {
    do throws(CrushMapError) { return try decode() } catch { throw InputError(description: "\(path): \(error)") }
  }
}
