/// As an object with the kind as its one key, and the names in a list: `{"node": ["a1"]}`, `{"link": ["s1", "a-l1"]}`.
extension Component: Codable {
  private enum Kind: String, CodingKey, CaseIterable {
    case node, rack, link, osd, mon, mgr, routing, pool, bucket
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Kind.self)
    guard let kind = container.allKeys.first else {
      throw DecodingError.dataCorrupted(
        DecodingError.Context(codingPath: decoder.codingPath, debugDescription: "this is no kind of component"))
    }
    let names = try container.decode([String].self, forKey: kind)
    switch (kind, names.count) {
    case (.node, 1): self = .node(names[0])
    case (.rack, 1): self = .rack(names[0])
    case (.link, 2): self = .link(names[0], names[1])
    case (.osd, 2): self = .osd(host: names[0], disk: names[1])
    case (.mon, 1): self = .mon(names[0])
    case (.mgr, 1): self = .mgr(names[0])
    case (.routing, 1): self = .routing(names[0])
    case (.pool, 1): self = .pool(names[0])
    case (.bucket, 2): self = .bucket(type: names[0], name: names[1])
    default:
      throw DecodingError.dataCorruptedError(
        forKey: kind, in: container, debugDescription: "\(names.count) names for a \(kind.rawValue)")
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Kind.self)
    switch self {
    case .node(let name): try container.encode([name], forKey: .node)
    case .rack(let name): try container.encode([name], forKey: .rack)
    case .link(let a, let b): try container.encode([a, b], forKey: .link)
    case .osd(let host, let disk): try container.encode([host, disk], forKey: .osd)
    case .mon(let host): try container.encode([host], forKey: .mon)
    case .mgr(let host): try container.encode([host], forKey: .mgr)
    case .routing(let node): try container.encode([node], forKey: .routing)
    case .pool(let name): try container.encode([name], forKey: .pool)
    case .bucket(let type, let name): try container.encode([type, name], forKey: .bucket)
    }
  }
}
