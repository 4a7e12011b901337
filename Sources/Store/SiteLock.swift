import Foundation

/// The right to change a site: one controller at a time has it. The kernel frees it when its process ends, however.
public final class SiteLock: Sendable {
  private let descriptor: Int32

  /// Takes the lock; whoever only looks who has it is waited for, a moment.
  ///
  /// - Parameter holder: who takes it, told to whoever comes second
  /// - Throws: `StoreError` that names the present holder
  public init(_ directory: StateDirectory, holder: String) throws(StoreError) {
    try directory.make()
    let descriptor = open(directory.lock, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else {
      throw StoreError("cannot open \(directory.lock): \(String(cString: strerror(errno)))")
    }
    guard Self.take(descriptor) else {
      close(descriptor)
      throw StoreError(
        "another controller is at work on this site: \(Self.present(directory)); wait for it, or end it")
    }
    ftruncate(descriptor, 0)
    _ = holder.withCString { pwrite(descriptor, $0, strlen($0), 0) }
    self.descriptor = descriptor
  }

  deinit {
    ftruncate(descriptor, 0)
    close(descriptor)
  }

  /// `holder` takes the lock, too, for the time of a system call.
  private static func take(_ descriptor: Int32) -> Bool {
    for _ in 0..<50 {
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { return true }
      usleep(10_000)
    }
    return false
  }

  /// Who has the lock now; `nil`: nobody. Only a hint: it may be taken or freed in the next moment.
  public static func holder(_ directory: StateDirectory) -> String? {
    let descriptor = open(directory.lock, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return flock(descriptor, LOCK_SH | LOCK_NB) == 0 ? nil : present(directory)
  }

  private static func present(_ directory: StateDirectory) -> String {
    let text = (try? String(contentsOfFile: directory.lock, encoding: .utf8)) ?? ""
    return text.isEmpty ? "unknown" : text
  }
}
