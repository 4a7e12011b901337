import Foundation

/// Reads what an operator wrote.
enum InputFile {
  enum Problem: String, Error, CustomStringConvertible {
    case missing = "no such file"
    case unreadable = "cannot be read"

    var description: String { rawValue }
  }

  static func read(_ path: String) throws(Problem) -> String {
    guard FileManager.default.fileExists(atPath: path) else { throw .missing }
    guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable }
    return String(decoding: data, as: UTF8.self)
  }
}
