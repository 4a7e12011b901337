import Glibc

/// How old apt's lists of available packages are.
enum PackageLists {
  private static let lists = "/var/lib/apt/lists"
  private static let stamp = "/var/lib/varde/apt-updated"
  /// In microseconds.
  private static let day: Int64 = 86_400_000_000

  /// There are lists, read less than a day ago, and the sources have not changed since.
  static var areFresh: Bool {
    guard let updated = FileSystem.target(stamp)?.modified, now() - updated < day else { return false }
    guard FileSystem.names(in: lists).contains(where: { $0.contains("_Packages") }) else { return false }
    let parts = ["/etc/apt/sources.list.d", "/etc/apt/preferences.d"]
    let sources =
      ["/etc/apt/sources.list"] + parts
      + parts.flatMap { directory in FileSystem.names(in: directory).map { "\(directory)/\($0)" } }
    return sources.allSatisfy { (FileSystem.target($0)?.modified ?? 0) < updated }
  }

  static func markFresh() throws {
    for directory in ["/var/lib/varde"] where !FileSystem.exists(directory) {
      try check(mkdir(directory, 0o755), directory)
    }
    try AtomicFile(path: stamp, content: [], owner: .root, mode: 0o644).write()
  }

  /// In microseconds since 1970.
  private static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
