import Design
import Foundation

extension SavedTwin: Codable {
  enum CodingKeys: String, CodingKey {
    case version, id, name, site, createdAt, siteText, design, image, hosts, bytes
  }

  /// The version of this form. A program refuses a later one.
  private static let version = 1
  /// Bounds of what is read: far more than any twin has.
  private static let mostBytes = 64 << 20
  private static let mostHosts = 10_000
  static let mostLayers = 90

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let version = try container.decode(Int.self, forKey: .version)
    guard version == Self.version else {
      throw LabError("version \(version)", "is not known to this varde: make the saved twin anew")
    }
    id = try container.decode(String.self, forKey: .id)
    name = try container.decode(String.self, forKey: .name)
    site = try container.decode(String.self, forKey: .site)
    createdAt = try container.decode(Date.self, forKey: .createdAt)
    siteText = try container.decode(String.self, forKey: .siteText)
    design = try container.decode(Design.self, forKey: .design)
    image = try container.decode(ImageIdentity.self, forKey: .image)
    hosts = try container.decode([Host].self, forKey: .hosts)
    bytes = try container.decode(UInt64.self, forKey: .bytes)
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(Self.version, forKey: .version)
    try container.encode(id, forKey: .id)
    try container.encode(name, forKey: .name)
    try container.encode(site, forKey: .site)
    try container.encode(createdAt, forKey: .createdAt)
    try container.encode(siteText, forKey: .siteText)
    try container.encode(design, forKey: .design)
    try container.encode(image, forKey: .image)
    try container.encode(hosts, forKey: .hosts)
    try container.encode(bytes, forKey: .bytes)
  }

  /// The text of the manifest: the same for the same twin.
  var manifest: String {
    get throws {
      let encoder = JSONEncoder()
      encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
      encoder.dateEncodingStrategy = .iso8601
      return String(decoding: try encoder.encode(self), as: UTF8.self)
    }
  }

  /// Reads a manifest.
  ///
  /// - Parameters:
  ///   - text: The file's text.
  ///   - name: The name that it is kept under.
  /// - Throws: `LabError` that says what is wrong with it.
  init(manifest text: String, name: String) throws {
    func broken(_ why: String) -> LabError {
      LabError("saved twin \(name)", "its manifest \(why); 'varde lab forget \(name)' removes it")
    }
    guard text.utf8.count <= Self.mostBytes else { throw broken("is larger than \(Self.mostBytes >> 20) MiB") }
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    do {
      self = try decoder.decode(SavedTwin.self, from: Data(text.utf8))
    } catch let error as LabError {
      throw broken("has \(error)")
    } catch {
      throw broken("cannot be read: \(error)")
    }
    guard self.name == name else { throw broken("is of '\(self.name)'") }
    guard design.site == site, Self.isSite(site) else { throw broken("has another site than its design") }
    guard Self.isID(id) else { throw broken("has the id '\(id.prefix(80))'") }
    guard image.key.count == 16, image.key.allSatisfy(\.isHexDigit) else { throw broken("has no image") }
    guard hosts.count <= Self.mostHosts, Set(hosts.map(\.name)) == Set(design.nodes.map(\.name)),
      hosts.count == design.nodes.count
    else { throw broken("has other hosts than its design") }
    for host in hosts {
      guard host.layers.count <= Self.mostLayers, host.layers.allSatisfy(Self.isLayer) else {
        throw broken("has layers of \(host.name) that no host can have")
      }
    }
  }

  private static func isSite(_ text: String) -> Bool {
    !text.isEmpty && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
  }

  static func isID(_ text: some StringProtocol) -> Bool {
    text.utf8.count == 8 && text.allSatisfy { $0.isASCII && $0.isHexDigit }
  }

  /// `1f00c2a9-12`: the save and the number of the host in it.
  static func isLayer(_ text: String) -> Bool {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    return parts.count == 2 && isID(parts[0]) && (1...5).contains(parts[1].utf8.count)
      && parts[1].allSatisfy { $0.isASCII && $0.isNumber }
  }
}
