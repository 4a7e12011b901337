import Foundation

/// Permissions of files of this machine.
enum FileModes {
  static func of(_ paths: [String]) throws -> Set<Int> {
    Set(
      try paths.map {
        let mode = try FileManager.default.attributesOfItem(atPath: $0)[.posixPermissions] as? Int
        return mode ?? 0o777
      })
  }

  static func ofFiles(in folder: String, except suffix: String? = nil) throws -> Set<Int> {
    let names = try FileManager.default.contentsOfDirectory(atPath: folder)
    return try of(names.filter { name in suffix.map { !name.hasSuffix($0) } ?? true }.map { "\(folder)/\($0)" })
  }
}
