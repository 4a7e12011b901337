import Glibc
import HostProtocol

extension CephOSDResource: Converging {
  private var directory: String { "/var/lib/ceph/osd/ceph-\(id)" }

  func changes(on host: Host) throws -> [Change] {
    guard present else { return isOurDirectory ? [Change("osd", from: "OSD \(id) (\(uuid))", to: nil)] : [] }
    var changes: [Change] = []
    switch try DeviceContent.read(device) {
    case .osd(let label) where isOurs(label):
      if !isReady(label) { changes.append(Change("device", from: "OSD \(id), half made", to: "OSD \(id) (\(uuid))")) }
    case .osd(let label): changes.append(Change("device", from: label.description, to: "OSD \(id) (\(uuid))"))
    case .foreign(let words): changes.append(Change("device", from: words, to: "OSD \(id) (\(uuid))"))
    case .absent: changes.append(Change("device", from: nil, to: "OSD \(id) (\(uuid))"))
    case .blank: changes.append(Change("device", from: "blank", to: "OSD \(id) (\(uuid))"))
    }
    let missing = ["block", "fsid", "type", "whoami", "ready"].filter { !FileSystem.exists("\(directory)/\($0)") }
    if !missing.isEmpty {
      changes.append(Change("directory", from: "without \(missing.joined(separator: ", "))", to: directory))
    }
    if FileSystem.link("\(directory)/block").map({ $0 != device }) == true {
      changes.append(Change("block", from: FileSystem.link("\(directory)/block"), to: device))
    }
    if let owner = FileSystem.target(device)?.ownership {
      changes += try host.accounts().changes(of: owner, owner: "ceph", group: "ceph").map { change in
        Change("device \(change.attribute)", from: change.from, to: change.to)
      }
    }
    for (name, file) in files() {
      changes += try file.changes(on: host).map { Change("\(name) \($0.attribute)", from: $0.from, to: $0.to) }
    }
    return changes
  }

  func converge(_ host: Host) throws {
    guard present else { return try remove() }
    guard let ceph = try? host.accounts().ownership(owner: "ceph", group: "ceph"),
      FileSystem.exists("/var/lib/ceph/osd")
    else {
      throw Failure("no user ceph or no /var/lib/ceph/osd on this host: let the package ceph-osd come before")
    }
    let content = try prepareDevice()
    try check(chown(device, ceph.user, ceph.group), "owner of \(device)")
    try DirectoryResource(directory, owner: "ceph", group: "ceph").converge(host)
    if content == .blank { try clearDirectory() }
    try link(owner: ceph)
    if content == .whole, !FileSystem.exists("\(directory)/ready") {
      try host.execute(["ceph-bluestore-tool", "prime-osd-dir", "--dev", device, "--path", directory])
    }
    for (_, file) in files() where !(try file.changes(on: host)).isEmpty { try file.converge(host) }
    if content != .whole {
      try host.execute(
        [
          // All that it needs is in ceph.conf. Monitors that it asked while they leave or move might never answer.
          "ceph-osd", "--cluster", "ceph", "-i", "\(id)", "--mkfs", "--no-mon-config", "--osd-uuid", uuid,
          "--osd-data", directory, "--setuser", "ceph", "--setgroup", "ceph",
        ], timeout: 300)
    }
    for name in FileSystem.names(in: directory) { try FileSystem.set("\(directory)/\(name)", owner: ceph) }
  }

  /// Another OSD may have got the number since.
  private var isOurDirectory: Bool { FileSystem.text("\(directory)/fsid") == uuid }

  /// The label first: until the directory is gone, it tells which device is to be freed.
  private func remove() throws {
    let block = "\(directory)/block"
    if case .osd(let label) = try DeviceContent.read(block), label.uuid == uuid { try DeviceContent.wipe(block) }
    try clearDirectory()
    try check(rmdir(directory), directory)
  }

  private enum Prepared {
    case whole
    /// An interrupted `mkfs` has begun on it; `mkfs` goes over that.
    case halfMade
    case blank
  }

  /// Refuses what is not Varde's to overwrite, and makes the file that stands for a device.
  private func prepareDevice() throws -> Prepared {
    switch try DeviceContent.read(device) {
    case .osd(let label) where isOurs(label): return isReady(label) ? .whole : .halfMade
    case .osd(let label): throw refusal(label.description)
    case .foreign(let words): throw refusal(words)
    case .blank: return .blank
    case .absent:
      guard let size, !device.hasPrefix("/dev/") else {
        throw Failure("\(device) is not there: see `lsblk` for this host's disks, and its `disks` in the site file")
      }
      let descriptor = try check(open(device, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600), device)
      defer { close(descriptor) }
      try check(ftruncate(descriptor, off_t(size)), device)
      return .blank
    }
  }

  private func refusal(_ found: String) -> Failure {
    Failure(
      """
      \(device) holds \(found), not OSD \(id) (\(uuid)); Varde overwrites no data. If nobody needs it: \
      `wipefs --all \(device)` and `dd if=/dev/zero of=\(device) bs=1M count=16 oflag=direct`
      """)
  }

  private func isOurs(_ label: BluestoreLabel) -> Bool {
    label.uuid == uuid && (label.meta?["ceph_fsid"] ?? fsid) == fsid
  }

  /// BlueStore keeps `ready` in the label; an older one, in the directory.
  private func isReady(_ label: BluestoreLabel) -> Bool {
    label.isReady || FileSystem.exists("\(directory)/ready")
  }

  /// What another device of this number has left: `mkfs` would take its marks for the new one's.
  private func clearDirectory() throws {
    let names = FileSystem.names(in: directory)
    // What names the OSD goes last, so that an interrupted removal is known to be one.
    for name in names.filter({ $0 != "fsid" }) + names.filter({ $0 == "fsid" }) {
      let path = "\(directory)/\(name)"
      guard try FileSystem.status(path)?.kind != S_IFDIR else {
        throw Failure("\(path) is a directory, as no BlueStore OSD has one: look at it, and move \(directory) away")
      }
      try check(unlink(path), path)
    }
  }

  private func link(owner: Ownership) throws {
    let block = "\(directory)/block"
    guard FileSystem.link(block) != device else { return }
    unlink(block)
    try check(symlink(device, block), block)
    try FileSystem.set(block, owner: owner)
  }

  /// What the OSD needs in its directory before it is made.
  private func files() -> [(name: String, file: FileResource)] {
    let file = { (name: String, content: String, mode: UInt32) in
      (
        name,
        FileResource(
          "\(directory)/\(name)", content: content, owner: "ceph", group: "ceph", mode: mode, secret: name == "keyring")
      )
    }
    return [
      file("keyring", "[osd.\(id)]\n\tkey = \(key)\n", 0o600), file("fsid", "\(uuid)\n", 0o644),
    ] + (deviceClass.map { [file("crush_device_class", "\($0)\n", 0o644)] } ?? [])
  }
}
