import Glibc

/// Files of the host, in the agent's own process.
enum FileSystem {
  /// What lies at a path itself, links not followed; `nil`: nothing.
  static func status(_ path: String) throws -> stat? {
    var status = stat()
    if lstat(path, &status) == 0 { return status }
    let code = errno
    guard code == ENOENT || code == ENOTDIR else { throw Failure(path, errno: code) }
    return nil
  }

  /// What lies at the end of links; `nil`: nothing.
  static func target(_ path: String) -> stat? {
    var status = stat()
    return stat(path, &status) == 0 ? status : nil
  }

  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The first `limit` bytes.
  static func read(_ path: String, limit: Int = .max) throws -> [UInt8] {
    // Not blocking: a FIFO without a writer must not hold the agent.
    let descriptor = try check(open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), path)
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    // The size only saves reads: /proc and devices say 0.
    var status = stat()
    let expected = fstat(descriptor, &status) == 0 ? Int(status.st_size) + 1 : 1
    while bytes.count < limit {
      let wanted = min(limit - bytes.count, min(max(expected - bytes.count, 4096), 1 << 20))
      let piece = try readOnce(descriptor, limit: wanted, path)
      guard !piece.isEmpty else { break }
      if bytes.isEmpty { bytes = piece } else { bytes += piece }
    }
    return bytes
  }

  /// A small file of /proc, /sys or /etc without the space around its text; `nil`: cannot be read.
  static func text(_ path: String) -> String? {
    guard let bytes = try? read(path) else { return nil }
    return String(decoding: bytes, as: UTF8.self).trimmingWhitespace
  }

  /// Names in a directory, without `.` and `..`; none where it cannot be read.
  static func names(in directory: String) -> [String] {
    guard let stream = opendir(directory) else { return [] }
    defer { closedir(stream) }
    var names: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) {
        $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != "." && name != ".." { names.append(name) }
    }
    return names
  }

  /// Where a symbolic link leads; `nil`: it is none.
  static func link(_ path: String) -> String? {
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
      count = buffer.withMemoryRebound(to: CChar.self) { characters in
        characters.baseAddress.map { max(0, readlink(path, $0, characters.count)) } ?? 0
      }
    }
    return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
  }

  static func directory(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// Makes what happened to a directory's entries last.
  static func sync(directory: String) throws {
    let descriptor = try check(open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC), directory)
    defer { close(descriptor) }
    try check(fsync(descriptor), directory)
  }

  static func remove(_ path: String) throws {
    try check(unlink(path), path)
    try sync(directory: directory(of: path))
  }

  static func set(_ path: String, owner: Ownership, mode: UInt32? = nil) throws {
    try check(lchown(path, owner.user, owner.group), "owner of \(path)")
    // After the owner: a change of owner clears set-user-ID bits.
    if let mode { try check(chmod(path, mode), "mode of \(path)") }
  }
}

/// Owner and group by number.
struct Ownership: Hashable {
  var user: UInt32
  var group: UInt32

  static let root = Ownership(user: 0, group: 0)
}

extension StringProtocol {
  var trimmingWhitespace: String {
    var rest = Substring(self)
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return String(rest)
  }
}

extension stat {
  var permissions: UInt32 { st_mode & 0o7777 }
  var ownership: Ownership { Ownership(user: st_uid, group: st_gid) }
  var kind: UInt32 { st_mode & S_IFMT }

  var kindName: String {
    switch kind {
    case S_IFREG: "file"
    case S_IFDIR: "directory"
    case S_IFLNK: "symbolic link"
    case S_IFBLK: "block device"
    case S_IFCHR: "character device"
    case S_IFIFO: "FIFO"
    default: "socket"
    }
  }

  /// When its content last changed, in microseconds since 1970.
  var modified: Int64 { Int64(st_mtim.tv_sec) * 1_000_000 + Int64(st_mtim.tv_nsec) / 1000 }
}
