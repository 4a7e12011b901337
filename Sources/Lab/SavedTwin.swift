import Design
import Foundation

/// A twin that was kept by `Lab.save`, as its manifest describes it.
public struct SavedTwin: Sendable, Hashable {
  public var name: String
  public var site: String
  public var createdAt: Date
  /// The site file as it was, without the profiles that it extends.
  public var siteText: String
  /// The design that the twin was made of.
  public var design: Design
  public var image: ImageIdentity
  /// On this machine's disk when it was saved, with the layers that it shares with other saved twins.
  public var bytes: UInt64
  /// Names the directories of this save. Another save under the same name has another one.
  var id: String
  var hosts: [Host]

  /// What a host's root is made of.
  struct Host: Sendable, Hashable, Codable {
    var name: String
    /// Names of layers over the image, the top first.
    var layers: [String]
  }

  /// Changes with anything in the design. Two equal designs have the same.
  public var designDigest: String { get throws { try Self.digest(design) } }

  static func digest(_ design: Design) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return hex(fnv1a(String(decoding: try encoder.encode(design), as: UTF8.self)))
  }

  /// Names become names of files.
  ///
  /// - Throws: `LabError` that says which names can be used.
  public static func checkName(_ name: String) throws {
    let isValid =
      (1...64).contains(name.utf8.count) && name.first != "." && name.last != "." && name.first != "-"
      && name.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == ".") }
    guard isValid else {
      throw LabError(
        "'\(name.prefix(80))'",
        "cannot be the name of a saved twin: use up to 64 letters, digits, hyphens, and dots inside")
    }
  }
}

/// The image that a twin's hosts were made of.
public struct ImageIdentity: Sendable, Hashable, Codable {
  public var kind: ImageKind
  /// Changes with what the image is made from: sources, options, names of packages, settings.
  public var key: String
  /// Package to version.
  public var packages: [String: String]

  /// Reads an image's directory.
  ///
  /// - Throws: `LabError` where it is not there.
  init(directory: String) throws {
    let parts = (directory as NSString).lastPathComponent.split(separator: "-", maxSplits: 1).map(String.init)
    guard parts.count == 2, let kind = ImageKind(rawValue: parts[0]),
      let status = Files.read("\(directory)/var/lib/dpkg/status")
    else { throw LabError(directory, "is no image of a lab, or is no longer there") }
    self.init(kind: kind, key: parts[1], packages: Self.packages(status))
  }

  init(kind: ImageKind, key: String, packages: [String: String]) {
    self.kind = kind
    self.key = key
    self.packages = packages
  }

  /// - Parameter status: `/var/lib/dpkg/status`
  static func packages(_ status: String) -> [String: String] {
    var found: [String: String] = [:]
    var name: Substring = ""
    for line in status.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      if line.starts(with: "Package: ".utf8) {
        name = Substring(line.dropFirst(9))
      } else if line.starts(with: "Version: ".utf8) {
        found[String(name)] = String(Substring(line.dropFirst(9)))
      }
    }
    return found
  }
}
