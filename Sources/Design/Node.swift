import Site

/// A host or a switch of the site.
public struct Node: Sendable, Hashable, Codable {
  public enum Kind: String, Sendable, Hashable, Codable {
    case spine, leaf, host
  }

  public var name: String
  public var kind: Kind
  /// `nil` for spines, and for hosts of a site without racks.
  public var rack: String?
  /// Carries SSH only, in a racked site.
  public var management: IPv4Address
  public var loopback: Loopback
  /// AS number; `nil` in a site without racks.
  public var asn: UInt32?
  /// What services of this node bind to: its IPv4 loopback in a racked site, else its management address.
  public var service: IPv4Address
  /// Empty for switches.
  public var roles: Set<Role>
  public var disks: [DiskDesign]
  public var cores: Int?
  public var memory: Bytes?
  /// Kernel parameters, by name: `net.ipv4.ip_forward` to `1`.
  public var sysctls: [String: String]
  /// Kernel modules that must be loaded.
  public var modules: [String]

  public init(
    name: String, kind: Kind, rack: String?, management: IPv4Address, loopback: Loopback, asn: UInt32?,
    service: IPv4Address, roles: Set<Role> = [], disks: [DiskDesign] = [], cores: Int? = nil, memory: Bytes? = nil,
    sysctls: [String: String] = [:], modules: [String] = []
  ) {
    self.name = name
    self.kind = kind
    self.rack = rack
    self.management = management
    self.loopback = loopback
    self.asn = asn
    self.service = service
    self.roles = roles
    self.disks = disks
    self.cores = cores
    self.memory = memory
    self.sysctls = sysctls
    self.modules = modules
  }
}

extension Node {
  /// As synthesised, but with the roles in a fixed order: the same design is the same JSON.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(kind, forKey: .kind)
    try container.encodeIfPresent(rack, forKey: .rack)
    try container.encode(management, forKey: .management)
    try container.encode(loopback, forKey: .loopback)
    try container.encodeIfPresent(asn, forKey: .asn)
    try container.encode(service, forKey: .service)
    try container.encode(Role.allCases.filter { roles.contains($0) }, forKey: .roles)
    try container.encode(disks, forKey: .disks)
    try container.encodeIfPresent(cores, forKey: .cores)
    try container.encodeIfPresent(memory, forKey: .memory)
    try container.encode(sysctls, forKey: .sysctls)
    try container.encode(modules, forKey: .modules)
  }
}

/// A /32 and a /128 that BGP carries.
public struct Loopback: Sendable, Hashable, Codable {
  public var ipv4: IPv4Address
  public var ipv6: IPv6Address

  public init(ipv4: IPv4Address, ipv6: IPv6Address) {
    self.ipv4 = ipv4
    self.ipv6 = ipv6
  }
}

/// A disk, and the OSD that lives on it.
public struct DiskDesign: Sendable, Hashable, Codable {
  public var path: String
  public var deviceClass: DeviceClass?
  public var size: Bytes?
  /// The OSD's UUID (lower case), derived from site, host and path: the same command twice makes one OSD.
  public var uuid: String

  public init(path: String, deviceClass: DeviceClass?, size: Bytes?, uuid: String) {
    self.path = path
    self.deviceClass = deviceClass
    self.size = size
    self.uuid = uuid
  }
}
