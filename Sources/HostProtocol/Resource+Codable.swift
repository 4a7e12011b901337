/// As JSON a resource is an object with one member, named after its kind: `{"file": {"path": "/etc/motd", …}}`. Saved
/// plans hold resources, so this form stays.
extension Resource {
  private enum Kind: String, CodingKey, CaseIterable {
    case package, file, directory, user, group, unit, sysctls, module, interface
    case cephMon = "ceph-mon"
    case cephOSD = "ceph-osd"
    case command
  }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Kind.self)
    guard let kind = container.allKeys.first, container.allKeys.count == 1 else {
      let kinds = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw DecodingError.dataCorrupted(
        DecodingError.Context(
          codingPath: decoder.codingPath, debugDescription: "a resource has one member of: \(kinds)"))
    }
    func value<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
      try container.decode(type, forKey: kind)
    }
    switch kind {
    case .package: self = .package(try value())
    case .file: self = .file(try value())
    case .directory: self = .directory(try value())
    case .user: self = .user(try value())
    case .group: self = .group(try value())
    case .unit: self = .unit(try value())
    case .sysctls: self = .sysctls(try value())
    case .module: self = .module(try value())
    case .interface: self = .interface(try value())
    case .cephMon: self = .cephMon(try value())
    case .cephOSD: self = .cephOSD(try value())
    case .command: self = .command(try value())
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Kind.self)
    switch self {
    case .package(let value): try container.encode(value, forKey: .package)
    case .file(let value): try container.encode(value, forKey: .file)
    case .directory(let value): try container.encode(value, forKey: .directory)
    case .user(let value): try container.encode(value, forKey: .user)
    case .group(let value): try container.encode(value, forKey: .group)
    case .unit(let value): try container.encode(value, forKey: .unit)
    case .sysctls(let value): try container.encode(value, forKey: .sysctls)
    case .module(let value): try container.encode(value, forKey: .module)
    case .interface(let value): try container.encode(value, forKey: .interface)
    case .cephMon(let value): try container.encode(value, forKey: .cephMon)
    case .cephOSD(let value): try container.encode(value, forKey: .cephOSD)
    case .command(let value): try container.encode(value, forKey: .command)
    }
  }
}
