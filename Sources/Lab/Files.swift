import Foundation

/// The few file operations that a lab needs.
enum Files {
  static func exists(_ path: String) -> Bool { FileManager.default.fileExists(atPath: path) }

  /// `nil` where it cannot be read; works for files of `/proc` and of cgroups, whose size is 0.
  static func read(_ path: String) -> String? {
    guard let handle = FileHandle(forReadingAtPath: path), let data = try? handle.readToEnd() else {
      return exists(path) ? "" : nil
    }
    return String(decoding: data, as: UTF8.self)
  }

  /// Writes a whole file, with its directory where that is missing; the file is never seen half-written.
  static func write(_ text: String, to path: String, mode: Int = 0o644) throws {
    let directory = (path as NSString).deletingLastPathComponent
    if !exists(directory) { try makeDirectory(directory, mode: 0o755) }
    let temporary = "\(path).varde-new"
    try? FileManager.default.removeItem(atPath: temporary)
    let attributes: [FileAttributeKey: Any] = [.posixPermissions: mode]
    guard FileManager.default.createFile(atPath: temporary, contents: Data(text.utf8), attributes: attributes),
      rename(temporary, path) == 0
    else { throw LabError(path, "cannot be written: \(String(cString: strerror(errno)))") }
  }

  /// Writes to a file of the kernel's (`/proc`, cgroups), which must not be replaced.
  static func set(_ path: String, _ value: String) throws {
    let descriptor = open(path, O_WRONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw LabError(path, "cannot be opened: \(String(cString: strerror(errno)))") }
    defer { close(descriptor) }
    guard Glibc.write(descriptor, value, value.utf8.count) >= 0 else {
      throw LabError(path, "does not take '\(value)': \(String(cString: strerror(errno)))")
    }
  }

  static func makeDirectory(_ path: String, mode: Int = 0o700) throws {
    try FileManager.default.createDirectory(
      atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: mode])
  }

  /// Names of the directories in a directory.
  static func directories(in path: String) -> [String] {
    guard let stream = opendir(path) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      guard entry.pointee.d_type == UInt8(DT_DIR) else { continue }
      let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Names in a directory, sorted; none where it is missing.
  static func list(_ path: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
  }

  static func remove(_ path: String) throws {
    guard (try? FileManager.default.attributesOfItem(atPath: path)) != nil else { return }
    try FileManager.default.removeItem(atPath: path)
  }
}
