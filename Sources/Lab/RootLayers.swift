import Foundation

/// What a host's root is made of, below what the host itself writes.
struct RootLayers: Sendable, Hashable {
  /// Names of layers of saved twins, the top first.
  var saved: [String]
  /// The image's directory.
  var image: String

  /// A mount takes one page of options; what is left of it is for the paths of the lab.
  private static let mostBytes = 3500

  func directories(_ paths: LabPaths) -> [String] { saved.map { "\(paths.layers)/\($0)" } + [image] }

  /// Whether these layers can be mounted: their paths must fit into the options of a mount.
  func fit(_ paths: LabPaths) -> Bool {
    saved.count <= SavedTwin.mostLayers && directories(paths).joined(separator: ":").utf8.count <= Self.mostBytes
  }

  /// The text of a host's `layers`: one directory a line, relative to `base`.
  var text: String {
    (saved.map { "saved/layers/\($0)" } + ["images/\((image as NSString).lastPathComponent)"]).joined(separator: "\n")
      + "\n"
  }

  /// - Returns: `nil` where the file is missing or is not one of these.
  static func read(_ file: String, base: String) -> RootLayers? {
    guard let lines = Files.read(file)?.split(separator: "\n"), let last = lines.last, last.hasPrefix("images/") else {
      return nil
    }
    return RootLayers(
      saved: lines.dropLast().map { String($0.dropFirst("saved/layers/".count)) }, image: "\(base)/\(last)")
  }
}
