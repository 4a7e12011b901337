/// A server.
public struct Host: Sendable, Hashable {
  public var name: String
  /// Management address; in a racked site it carries SSH only.
  public var address: IPv4Address
  /// `nil` in a site without racks.
  public var rack: String?
  public var roles: Set<Role>
  public var disks: [Disk]
  public var cores: Int?
  public var memory: Bytes?
  public var overrides: FabricOverrides

  public init(
    name: String, address: IPv4Address, rack: String? = nil, roles: Set<Role> = Set(Role.allCases),
    disks: [Disk] = [], cores: Int? = nil, memory: Bytes? = nil, overrides: FabricOverrides = FabricOverrides()
  ) {
    self.name = name
    self.address = address
    self.rack = rack
    self.roles = roles
    self.disks = disks
    self.cores = cores
    self.memory = memory
    self.overrides = overrides
  }
}

/// What a host is for.
public enum Role: String, Sendable, Hashable, CaseIterable, Codable {
  /// Runs monitors, managers and other control services.
  case control
  /// Gives its disks to Ceph.
  case storage
  /// Runs virtual machines.
  case compute
}

/// A disk that belongs to Ceph, whole.
public struct Disk: Sendable, Hashable {
  /// A block device (`/dev/vdb`, `/dev/disk/by-id/...`), or a file, which then needs a `size`.
  public var path: String
  /// `nil`: left to Ceph's own detection.
  public var deviceClass: DeviceClass?
  /// For capacity figures; for a file also the size to make it.
  public var size: Bytes?

  public init(path: String, deviceClass: DeviceClass? = nil, size: Bytes? = nil) {
    self.path = path
    self.deviceClass = deviceClass
    self.size = size
  }
}

/// Ceph's device class.
public enum DeviceClass: String, Sendable, Hashable, CaseIterable, Codable {
  case hdd, ssd, nvme
}
