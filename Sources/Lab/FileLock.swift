import Foundation

/// An exclusive lock on a file. The kernel frees it when its holder dies, however that happens.
enum FileLock {
  /// Does something while the lock is held. The file may be removed meanwhile.
  ///
  /// - Parameters:
  ///   - limit: How long to wait for whoever holds it.
  ///   - holder: Who that may be, for the error.
  /// - Throws: `LabError` where it is still held then; whatever the body throws.
  static func hold<Result: Sendable>(
    _ path: String, waiting limit: Duration, holder: String, _ body: () async throws -> Result
  ) async throws -> Result {
    try Files.makeDirectory((path as NSString).deletingLastPathComponent)
    let descriptor = try await wait(path, for: "\(holder) is done", within: limit, every: .milliseconds(200)) {
      try attempt(path)
    }
    defer { close(descriptor) }
    return try await body()
  }

  private static func attempt(_ path: String) throws -> Int32? {
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw LabError(path, "cannot be opened: \(String(cString: strerror(errno)))") }
    var held = stat()
    var named = stat()
    // The last holder may have removed the file after we opened it: then the lock guards nothing.
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0, fstat(descriptor, &held) == 0, stat(path, &named) == 0,
      held.st_ino == named.st_ino
    else {
      close(descriptor)
      return nil
    }
    return descriptor
  }
}
