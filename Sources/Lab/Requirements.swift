import Foundation

/// The programs of this machine that a lab is made with.
enum Requirements {
  /// Program to the Debian package that has it.
  private static let packages = [
    "apt-cacher-ng": "apt-cacher-ng", "ip": "iproute2", "mkfs.xfs": "xfsprogs", "mmdebstrap": "mmdebstrap",
    "mount": "mount", "nc": "netcat-openbsd", "nft": "nftables", "nsenter": "util-linux", "socat": "socat",
    "ssh-keygen": "openssh-client", "systemd-nspawn": "systemd-container",
  ]

  /// - Throws: `LabError` that names all packages that are missing.
  static func check() throws {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    let directories = path.split(separator: ":")
    let missing = packages.filter { program, _ in
      !directories.contains { access("\($0)/\(program)", X_OK) == 0 }
    }
    guard missing.isEmpty else {
      let names = Set(missing.values).sorted().joined(separator: " ")
      let programs = missing.keys.sorted().joined(separator: ", ")
      throw LabError(programs, "not found in \(path); install with 'apt-get install \(names)'")
    }
  }
}
