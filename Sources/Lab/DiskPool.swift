import Foundation
import Processes

/// The place of all disks of all twins: a file system that can copy a disk in no time (reflinks).
///
/// It is a plain directory where the file system of `base` has reflinks, else a sparse file with XFS in it. It is there
/// while a lab or a saved twin has disks. All functions want `storeLock` to be held.
struct DiskPool: Sendable {
  var paths: LabPaths

  /// Makes it usable, whatever a killed command or a reboot left of it.
  func open() async throws {
    try Files.makeDirectory(paths.base, mode: 0o755)
    if isMounted { return try forgoSyncing() }
    if !Files.exists(paths.poolFile), try Reflink.works(in: paths.base) {
      return try Files.makeDirectory(paths.pool, mode: 0o755)
    }
    try await makeFile()
    try Files.makeDirectory(paths.pool, mode: 0o755)
    let mount = try await Command([
      "mount", "-t", "xfs", "-o", "loop,noatime,discard", paths.poolFile, paths.pool,
    ]).run()
    guard mount.status == 0 else {
      throw LabError(
        paths.poolFile,
        "cannot be mounted: \(mount.error.suffix(500)); it holds the disks of all twins. Where it is spoilt, remove it, "
          + "run 'varde lab down' for each site that has a twin, and 'varde lab forget' for each saved twin")
    }
    try forgoSyncing()
  }

  /// Opens it for the site's lab, which keeps it in use. Disks of a lab that does not exist are a killed restore's.
  func claim() async throws {
    try await open()
    if !Files.exists(paths.lab) { try Files.remove(paths.labDisks) }
    try Files.makeDirectory(paths.labDisks, mode: 0o755)
  }

  /// Removes the disks of the site's lab. It must be open.
  func release() throws { try Files.remove(paths.labDisks) }

  /// Closes it where no lab uses it, and removes it where no saved twin has disks in it either.
  ///
  /// - Returns: False where some other process uses it: then it stays mounted, which does no harm.
  @discardableResult
  func closeIfUnused() async throws -> Bool {
    guard Files.exists(paths.pool), Files.directories(in: paths.poolLabs).isEmpty else { return true }
    let isEmpty = Files.directories(in: paths.poolSaved).isEmpty
    if isMounted {
      // The last host's mounts may outlive its processes for a moment.
      let unmounted = try? await wait(paths.pool, for: "it is not in use", within: .seconds(5)) {
        try await Command(["umount", paths.pool]).run().status == 0 || !isMounted ? true : nil
      }
      guard unmounted != nil else { return false }
    } else if Files.exists(paths.poolFile) {
      // Not mounted: what lies in the file cannot be seen.
      return true
    }
    if isEmpty {
      try Files.remove(paths.poolFile)
      try Files.remove(paths.pool)
    }
    return true
  }

  /// Whether there is one, open or closed.
  var exists: Bool { Files.exists(paths.pool) || Files.exists(paths.poolFile) }

  private var isMounted: Bool { Mounts.source(of: paths.pool) != nil }

  /// As large as there is room on the disk now, so that it does not promise more. Sparse: it takes what is written.
  private func makeFile() async throws {
    guard !Files.exists(paths.poolFile) else { return }
    var room = statvfs()
    guard statvfs(paths.base, &room) == 0 else { throw LabError(paths.base, "cannot be looked at") }
    let size = max(UInt64(room.f_bavail) * UInt64(room.f_frsize), 1 << 30)
    let temporary = "\(paths.poolFile).new"
    try Files.remove(temporary)
    try Files.write("", to: temporary, mode: 0o600)
    guard truncate(temporary, off_t(size)) == 0 else {
      throw LabError(temporary, "cannot be made: \(String(cString: strerror(errno)))")
    }
    try await Command.check("mkfs.xfs", "-q", "-K", "-m", "reflink=1", temporary)
    guard rename(temporary, paths.poolFile) == 0 else { throw LabError(paths.poolFile, "cannot be put in place") }
  }

  /// A twin needs no durability: a flush of its disks then does not wait for the disk of this machine.
  private func forgoSyncing() throws {
    guard let device = Mounts.source(of: paths.pool), device.hasPrefix("/dev/loop") else { return }
    let cache = "/sys/block/\(device.dropFirst("/dev/".count))/queue/write_cache"
    if Files.read(cache)?.hasPrefix("write back") ?? false { try Files.set(cache, "write through") }
  }
}
