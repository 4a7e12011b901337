import Processes

/// The mounts of this machine.
enum Mounts {
  /// Where something is mounted, from the text of `/proc/self/mountinfo`, in the order of mounting.
  static func points(_ mountinfo: String) -> [String] {
    mountinfo.split(separator: "\n").compactMap { line in
      let fields = line.split(separator: " ")
      return fields.count > 4 ? unescape(fields[4]) : nil
    }
  }

  /// The file system's options of what is mounted at a path; `nil` where nothing is.
  static func options(of path: String) -> [String]? {
    let lines = (Files.read("/proc/self/mountinfo") ?? "").split(separator: "\n")
    let line = lines.last { points(String($0)) == [path] }
    return line?.split(separator: " ").last.map { unescape($0).split(separator: ",").map(String.init) }
  }

  /// The device, or the name in its place, of what is mounted at a path; `nil` where nothing is.
  static func source(of path: String) -> String? {
    let lines = (Files.read("/proc/self/mountinfo") ?? "").split(separator: "\n")
    guard let fields = lines.last(where: { points(String($0)) == [path] })?.split(separator: " "),
      let dash = fields.firstIndex(of: "-"), fields.count > dash + 2
    else { return nil }
    return unescape(fields[dash + 2])
  }

  /// Unmounts a directory and all below it, the last mounted first, until nothing is left.
  static func unmountAll(below directory: String) async throws {
    while true {
      let mounted = points(Files.read("/proc/self/mountinfo") ?? "")
        .filter { $0 == directory || $0.hasPrefix("\(directory)/") }
      guard let last = mounted.last else { return }
      try await Command.check("umount", last)
    }
  }

  /// The kernel writes blanks, tabs, line ends and backslashes as three octal digits.
  private static func unescape(_ field: Substring) -> String {
    [("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")].reduce(String(field)) {
      $0.replacing($1.0, with: $1.1)
    }
  }
}
