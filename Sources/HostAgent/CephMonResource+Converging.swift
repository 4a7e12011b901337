import Glibc
import HostProtocol

extension CephMonResource: Converging {
  private var parent: String { "/var/lib/ceph/mon" }
  private var directory: String { "\(parent)/ceph-\(name)" }
  /// Beside its place, so that a store moves in whole or not at all.
  private var workshop: String { "\(parent)/.varde-\(name)" }

  func changes(on host: Host) throws -> [Change] {
    guard present else {
      return FileSystem.exists(directory) ? [Change("store", from: "monitor \(name)", to: nil)] : []
    }
    return isWhole ? [] : [Change("store", from: nil, to: "monitor \(name) of cluster \(fsid)")]
  }

  func converge(_ host: Host) throws {
    guard present else { return try remove(directory, host) }
    guard FileSystem.names(in: directory).isEmpty else {
      throw Failure("\(directory) holds something, but no whole monitor store: look at it, and move it away")
    }
    guard let ceph = try? host.accounts().ownership(owner: "ceph", group: "ceph"), FileSystem.exists(parent) else {
      throw Failure("no user ceph or no \(parent) on this host: let the package ceph-mon come before")
    }
    try clear(host)
    defer { try? clear(host) }
    try check(mkdir(workshop, 0o700), workshop)
    let (map, keys, data) = ("\(workshop)/monmap", "\(workshop)/keyring", "\(workshop)/data")
    try AtomicFile(path: keys, content: Array(keyring.utf8), owner: ceph, mode: 0o600).write()
    try host.execute(
      ["monmaptool", "--create", "--clobber", "--fsid", fsid]
        + members.sorted { $0.key < $1.key }.flatMap { ["--addv", $0.key, $0.value] } + [map])
    try check(mkdir(data, 0o755), data)
    for path in [workshop, map, data] { try FileSystem.set(path, owner: ceph) }
    try host.execute([
      "ceph-mon", "--cluster", "ceph", "--mkfs", "-i", name, "--fsid", fsid, "--monmap", map, "--keyring", keys,
      "--mon-data", data, "--setuser", "ceph", "--setgroup", "ceph",
    ])
    try AtomicFile(path: "\(data)/done", content: [], owner: ceph, mode: 0o644).write()
    // Over an empty directory, if there is one.
    try check(rename(data, directory), directory)
    try FileSystem.sync(directory: parent)
  }

  private var isWhole: Bool {
    ["keyring", "kv_backend", "store.db"].allSatisfy { FileSystem.exists("\(directory)/\($0)") }
  }

  private func clear(_ host: Host) throws {
    if FileSystem.exists(workshop) { try remove(workshop, host) }
  }

  private func remove(_ tree: String, _ host: Host) throws {
    try host.execute(["rm", "-rf", "--one-file-system", "--", tree])
    try FileSystem.sync(directory: parent)
  }
}
