/// One thing on a host that is to be in a certain state. The agent observes it, tells the difference, and applies it.
public enum Resource: Sendable, Hashable, Codable {
  case package(PackageResource)
  case file(FileResource)
  case directory(DirectoryResource)
  case user(UserResource)
  case group(GroupResource)
  case unit(UnitResource)
  case sysctls(SysctlResource)
  case module(ModuleResource)
  case interface(InterfaceResource)
  case cephMon(CephMonResource)
  case cephOSD(CephOSDResource)
  case command(CommandResource)

  /// Names the resource on its host: `file:/etc/frr/frr.conf`, `package:frr`, `unit:frr.service`.
  public var id: String {
    switch self {
    case .package(let package): "package:\(package.name)"
    case .file(let file): "file:\(file.path)"
    case .directory(let directory): "directory:\(directory.path)"
    case .user(let user): "user:\(user.name)"
    case .group(let group): "group:\(group.name)"
    case .unit(let unit): "unit:\(unit.name)"
    case .sysctls(let sysctls): "sysctls:\(sysctls.name)"
    case .module(let module): "module:\(module.name)"
    case .interface(let interface): "interface:\(interface.name)"
    case .cephMon(let mon): "ceph-mon:\(mon.name)"
    case .cephOSD(let osd): "ceph-osd:\(osd.id)"
    case .command(let command): "command:\(command.name)"
    }
  }
}

/// A Debian package.
public struct PackageResource: Sendable, Hashable, Codable {
  public var name: String
  /// Exact version; `nil`: installed in any version.
  public var version: String?
  /// The least version by its authors' count: `18.2`; `nil`: any.
  public var atLeast: String?
  /// The release of Debian to take it from where it has to be installed: `trixie`; `nil`: the host's own.
  public var suite: String?
  /// `false`: must not be installed.
  public var present: Bool

  public init(
    _ name: String, version: String? = nil, atLeast: String? = nil, suite: String? = nil, present: Bool = true
  ) {
    self.name = name
    self.version = version
    self.atLeast = atLeast
    self.suite = suite
    self.present = present
  }
}

/// A regular file, written atomically (temporary file, fsync, rename).
public struct FileResource: Sendable, Hashable, Codable {
  public var path: String
  public var content: String
  public var owner: String
  public var group: String
  /// Permission bits: `0o644`.
  public var mode: UInt32
  /// Neither its content nor a difference of it is ever shown.
  public var secret: Bool
  /// A command that must succeed on the new content before it takes the file's place; `%s` stands for its path.
  public var validate: [String]?
  /// `false`: must not be there.
  public var present: Bool

  public init(
    _ path: String, content: String, owner: String = "root", group: String = "root", mode: UInt32 = 0o644,
    secret: Bool = false, validate: [String]? = nil, present: Bool = true
  ) {
    self.path = path
    self.content = content
    self.owner = owner
    self.group = group
    self.mode = mode
    self.secret = secret
    self.validate = validate
    self.present = present
  }
}

public struct DirectoryResource: Sendable, Hashable, Codable {
  public var path: String
  public var owner: String
  public var group: String
  /// Permission bits: `0o755`.
  public var mode: UInt32

  public init(_ path: String, owner: String = "root", group: String = "root", mode: UInt32 = 0o755) {
    self.path = path
    self.owner = owner
    self.group = group
    self.mode = mode
  }
}

/// A user of the system.
public struct UserResource: Sendable, Hashable, Codable {
  public var name: String
  public var uid: UInt32?
  /// Primary group; it is made by its own resource.
  public var group: String
  public var home: String
  public var shell: String

  public init(_ name: String, uid: UInt32? = nil, group: String, home: String, shell: String = "/usr/sbin/nologin") {
    self.name = name
    self.uid = uid
    self.group = group
    self.home = home
    self.shell = shell
  }
}

public struct GroupResource: Sendable, Hashable, Codable {
  public var name: String
  public var gid: UInt32?

  public init(_ name: String, gid: UInt32? = nil) {
    self.name = name
    self.gid = gid
  }
}

/// A systemd unit. Its own file or drop-in is a `FileResource`; name it in `restartOn`.
public struct UnitResource: Sendable, Hashable, Codable {
  /// `frr.service`.
  public var name: String
  /// `nil`: left as it is.
  public var enabled: Bool?
  /// `nil`: left as it is.
  public var running: Bool?
  /// Paths of files and names of packages: the unit restarts when one of them is newer than its last start, so that
  /// a restart that was interrupted is made up for.
  public var restartOn: [String]
  /// As `restartOn`, for `systemctl reload`.
  public var reloadOn: [String]

  public init(
    _ name: String, enabled: Bool? = true, running: Bool? = true, restartOn: [String] = [], reloadOn: [String] = []
  ) {
    self.name = name
    self.enabled = enabled
    self.running = running
    self.restartOn = restartOn
    self.reloadOn = reloadOn
  }
}

/// Kernel parameters: a file in `/etc/sysctl.d`, and the running kernel. In a container the running kernel's
/// parameters that belong to its host cannot be written; they are then only put into the file.
public struct SysctlResource: Sendable, Hashable, Codable {
  /// `kernel` gives `/etc/sysctl.d/60-varde-kernel.conf`.
  public var name: String
  public var values: [String: String]

  public init(_ name: String, values: [String: String]) {
    self.name = name
    self.values = values
  }
}

/// A kernel module: loaded now (or built in), and at boot by `/etc/modules-load.d/varde-NAME.conf`.
public struct ModuleResource: Sendable, Hashable, Codable {
  public var name: String

  public init(_ name: String) { self.name = name }
}

/// A network interface: the running kernel, and `/etc/systemd/network/40-varde-NAME.network` for the next boot.
public struct InterfaceResource: Sendable, Hashable, Codable {
  public var name: String
  public var up: Bool
  /// In bytes; `nil`: left as it is.
  public var mtu: Int?
  /// With length: `198.18.64.11/32`. Addresses that Varde gave before and that are no longer here are removed.
  public var addresses: [String]

  /// What keeps it over a boot, read by systemd-networkd.
  public var networkFile: String { "/etc/systemd/network/40-varde-\(name).network" }

  public init(_ name: String, up: Bool = true, mtu: Int? = nil, addresses: [String] = []) {
    self.name = name
    self.up = up
    self.mtu = mtu
    self.addresses = addresses
  }
}

/// A monitor's store, made by `ceph-mon --mkfs` where there is none.
public struct CephMonResource: Sendable, Hashable, Codable {
  public var name: String
  public var fsid: String
  /// Members of the monitor map to start with: name to address vector (`[v2:198.18.64.11:3300,v1:198.18.64.11:6789]`).
  public var members: [String: String]
  /// Text of the keyring that holds `mon.` and the first `client.admin`; secret.
  public var keyring: String
  /// `false`: the store of a monitor that is no longer in the map is removed.
  public var present: Bool

  public init(name: String, fsid: String, members: [String: String], keyring: String) {
    self.name = name
    self.fsid = fsid
    self.members = members
    self.keyring = keyring
    present = true
  }

  /// A monitor that must not be there.
  public init(absent name: String) {
    self.init(name: name, fsid: "", members: [:], keyring: "")
    present = false
  }
}

/// An OSD's directory and its device, made by `ceph-osd --mkfs` where the device carries no label with this UUID.
/// A device that carries another OSD's label, a file system or a partition table is refused.
public struct CephOSDResource: Sendable, Hashable, Codable {
  /// The number that the cluster gave.
  public var id: Int
  public var uuid: String
  /// The cluster's.
  public var fsid: String
  /// A block device, or a file.
  public var device: String
  /// In bytes; a file is made with this size where there is none.
  public var size: UInt64?
  /// The CRUSH device class; `nil`: Ceph detects it.
  public var deviceClass: String?
  /// The cephx key; secret.
  public var key: String
  /// `false`: its directory is removed, and its label on the device overwritten, so that the disk is free.
  public var present: Bool

  public init(
    id: Int, uuid: String, fsid: String, device: String, size: UInt64?, deviceClass: String?, key: String
  ) {
    self.id = id
    self.uuid = uuid
    self.fsid = fsid
    self.device = device
    self.size = size
    self.deviceClass = deviceClass
    self.key = key
    present = true
  }

  /// An OSD that must not be there: its data lies elsewhere, and the cluster knows it no longer.
  public init(absent id: Int, uuid: String) {
    self.init(id: id, uuid: uuid, fsid: "", device: "", size: nil, deviceClass: nil, key: "")
    present = false
  }
}

/// The escape hatch: a command with a guard that says whether it is still needed.
public struct CommandResource: Sendable, Hashable, Codable {
  /// For people: `unmask nvmf-autoconnect`.
  public var name: String
  public var argv: [String]
  /// Exit code 0: nothing to do. Must change nothing.
  public var unless: [String]
  /// In seconds.
  public var timeout: Int

  public init(_ name: String, argv: [String], unless: [String], timeout: Int = 60) {
    self.name = name
    self.argv = argv
    self.unless = unless
    self.timeout = timeout
  }
}
