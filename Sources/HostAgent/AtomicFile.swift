import Glibc

/// A file that takes its place whole or not at all.
struct AtomicFile {
  let path: String
  var content: [UInt8]
  var owner: Ownership
  var mode: UInt32

  /// Writes it beside its place, lets `examine` look at it there, and moves it in.
  ///
  /// - Parameter examine: gets the path of the new file; where it throws, the old one stays.
  func write(examine: (String) throws -> Void = { _ in }) throws {
    let directory = FileSystem.directory(of: path)
    guard FileSystem.exists(directory) else {
      throw Failure("\(directory) is not there: let a directory resource come before \(path)")
    }
    // Always the same name: what an interrupted run has left is taken away by the next one. The dot and the ending
    // keep it out of directories whose files are read by their ending.
    let temporary = "\(directory)/.\(path.split(separator: "/").last ?? "file").varde"
    unlink(temporary)
    do {
      try fill(temporary)
      try examine(temporary)
      try check(rename(temporary, path), path)
    } catch {
      unlink(temporary)
      throw error
    }
    try FileSystem.sync(directory: directory)
  }

  private func fill(_ temporary: String) throws {
    // For its owner alone from the start: it may hold a secret.
    let descriptor = try check(open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600), temporary)
    defer { close(descriptor) }
    try writeAll(content, to: descriptor, temporary)
    try check(fchown(descriptor, owner.user, owner.group), "owner of \(path)")
    try check(fchmod(descriptor, mode), "mode of \(path)")
    try check(fsync(descriptor), temporary)
  }
}
