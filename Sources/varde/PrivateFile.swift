import Foundation

/// A file that nobody but its owner may ever have read, not even while it came to be.
enum PrivateFile {
  /// Writes it whole, in the place of one that is there.
  ///
  /// - Throws: `InputError`
  static func write(_ data: Data, to path: String) throws {
    var status = stat()
    guard stat(path, &status) != 0 || status.st_mode & S_IFMT == S_IFREG else {
      throw InputError(description: "\(path): is no file that can be replaced; name another one")
    }
    let new = "\(path).\(UUID().uuidString)"
    func failed() -> InputError {
      InputError(description: "\(path): cannot be written: \(String(cString: strerror(errno)))")
    }
    let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw failed() }
    do {
      let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
      try handle.write(contentsOf: data)
      try handle.synchronize()
    } catch {
      unlink(new)
      throw InputError(description: "\(path): cannot be written: \(error.localizedDescription)")
    }
    guard rename(new, path) == 0 else {
      let error = failed()
      unlink(new)
      throw error
    }
  }
}
