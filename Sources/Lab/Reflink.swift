import Foundation

/// Copies of files that share their blocks until one of them is changed.
enum Reflink {
  /// `FICLONE` of linux/fs.h.
  private static let clone: UInt = 0x4004_9409

  /// Copies a file with its owner and mode. The copy never has its name before it is whole.
  ///
  /// - Throws: `LabError` where the file system cannot share blocks, or is full.
  static func copy(_ source: String, to target: String) throws {
    let temporary = "\(target).new"
    try Files.remove(temporary)
    let from = open(source, O_RDONLY | O_CLOEXEC)
    guard from >= 0 else { throw failure(source, "cannot be opened") }
    defer { close(from) }
    var status = stat()
    guard fstat(from, &status) == 0 else { throw failure(source, "cannot be read") }
    let to = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard to >= 0 else { throw failure(temporary, "cannot be made") }
    defer { close(to) }
    guard ioctl(to, clone, from) == 0, fchown(to, status.st_uid, status.st_gid) == 0,
      fchmod(to, status.st_mode & 0o7777) == 0, rename(temporary, target) == 0
    else {
      let error = failure(target, "cannot be copied from \(source)")
      unlink(temporary)
      throw error
    }
  }

  /// Copies the regular files of a directory.
  static func copyFiles(of source: String, to target: String) throws {
    try Files.makeDirectory(target, mode: 0o755)
    for name in Files.list(source) where !name.hasSuffix(".new") {
      var status = stat()
      guard lstat("\(source)/\(name)", &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
      try copy("\(source)/\(name)", to: "\(target)/\(name)")
    }
  }

  /// Whether the file system of a directory can share blocks between files.
  static func works(in directory: String) throws -> Bool {
    let files = ["\(directory)/.reflink-a", "\(directory)/.reflink-b"]
    defer { for file in files { unlink(file) } }
    try Files.write("varde", to: files[0])
    return (try? copy(files[0], to: files[1])) != nil
  }

  private static func failure(_ path: String, _ what: String) -> LabError {
    LabError(path, "\(what): \(String(cString: strerror(errno)))")
  }
}
