import Glibc

/// Commands of an agent that was killed, or that have left the process group which it ends: they run on, with nobody to
/// hear how they end. They are known by a mark in their environment, which their own commands inherit.
struct Leftovers {
  /// Path of the lock that their agent held.
  var lock: String

  /// What an agent that holds the lock puts into its commands' environment.
  var mark: String { "VARDE_LOCK=\(lock)" }

  /// Asks them to end, gives them two seconds, and kills what is left.
  ///
  /// - Throws: `Failure` where one cannot be killed
  func end() throws {
    for (signal, patience) in [(SIGTERM, 2.0), (SIGKILL, 10.0)] {
      let deadline = monotonicSeconds() + patience
      var left = processes
      for pid in left { kill(pid, signal) }
      while !left.isEmpty, monotonicSeconds() < deadline {
        poll(nil, 0, 20)
        left = processes
      }
    }
    let left = processes
    guard left.isEmpty else {
      let list = left.map(String.init).joined(separator: ", ")
      throw Failure("process \(list) of an agent does not end; a boot of the host ends it")
    }
  }

  /// Whether they change the host's packages. That is brought to its end: with packages that are unpacked and not
  /// configured, sshd among them, a host may take no connection any more.
  var areInstalling: Bool {
    let names = Set(processes.compactMap { FileSystem.text("/proc/\($0)/comm") })
    if names.contains("dpkg") { return true }
    // Between two runs of dpkg.
    let packages = names.contains("apt-get") ? try? DpkgStatus.read().packages : nil
    return packages?.values.contains(where: \.isHalfway) ?? false
  }

  /// The dead have no environment any more.
  private var processes: [Int32] {
    let mark = Array(mark.utf8)
    return FileSystem.names(in: "/proc").compactMap { Int32($0) }.filter { pid in
      guard pid != getpid(), let bytes = try? FileSystem.read("/proc/\(pid)/environ") else { return false }
      return bytes.split(separator: 0).contains { $0.elementsEqual(mark) }
    }
  }
}
