import Foundation

/// The control group of one part of a lab: the same path in every tree of this machine.
struct Cgroup: Sendable, Hashable {
  var path: String
  private let layout = CgroupLayout.ofThisMachine

  init(_ path: String) { self.path = path }

  private var directories: [String] { layout.trees.map { "\($0.mount)/\(path)" } }

  /// Makes it in every tree, and in the unified tree hands the controllers down to it.
  func create() throws {
    for tree in layout.trees {
      try Files.makeDirectory("\(tree.mount)/\(path)", mode: 0o755)
      guard tree.isUnified, layout.isUnified else { continue }
      var directory = tree.mount
      for component in path.split(separator: "/") {
        let available = Set((Files.read("\(directory)/cgroup.controllers") ?? "").split(whereSeparator: \.isWhitespace))
        for controller in ["cpu", "memory", "io", "pids"] where available.contains(Substring(controller)) {
          try Files.set("\(directory)/cgroup.subtree_control", "+\(controller)")
        }
        directory += "/\(component)"
      }
    }
  }

  /// A command line that first puts itself into this cgroup. Only this process can start it, and nothing runs where
  /// this process has died before: then `lab down` may already have looked in vain for what is in the cgroup.
  func joining(_ argv: [String]) -> [String] {
    let files = directories.map { "\($0)/cgroup.procs" }.joined(separator: " ")
    // $PPID stays what it was when the shell began.
    let script = """
      starter=$1; shift
      for f in \(files); do echo $$ > $f || exit; done
      read -r _ _ _ parent _ < /proc/$$/stat && [ "$parent" = "$starter" ] && exec "$@"
      """
    return ["sh", "-c", script, "sh", "\(getpid())"] + argv
  }

  /// Pids of all processes in it and below it.
  var processes: Set<Int32> { Set(directories.flatMap(Self.processes(below:))) }

  var isEmpty: Bool { processes.isEmpty }

  /// Pids of the processes of a systemd unit of the host whose cgroup this is.
  func processes(ofUnit unit: String) -> Set<Int32> {
    guard let tree = layout.units else { return [] }
    return Set(
      Self.descendants(of: "\(tree.mount)/\(path)").filter { $0.hasSuffix("/\(unit)") }
        .flatMap(Self.processes(below:)))
  }

  /// Kills until nothing is left; frozen processes too.
  func killAll() async throws {
    guard !isEmpty else { return }
    _ = try await wait(
      path, for: "its processes are dead", within: .seconds(30), every: .milliseconds(20)
    ) { () -> Bool? in
      let alive = processes
      for pid in alive { kill(pid, SIGKILL) }
      for directory in directories { for each in Self.descendants(of: directory) { try? Self.setFrozen(false, each) } }
      return alive.isEmpty ? true : nil
    }
  }

  /// Removes it and what is below it from every tree. It must be empty.
  func remove() async throws {
    _ = try await wait(path, for: "its cgroup can be removed", within: .seconds(10)) { () -> Bool? in
      for directory in directories { for each in Self.descendants(of: directory).reversed() { rmdir(each) } }
      return directories.contains(where: Files.exists) ? nil : true
    }
    let parent = (path as NSString).deletingLastPathComponent
    if !parent.isEmpty { for tree in layout.trees { rmdir("\(tree.mount)/\(parent)") } }
  }

  /// Stops or resumes all processes, as a host does that hangs. Returns when it is done.
  func setFrozen(_ frozen: Bool) async throws {
    guard let directory = directory("freezer") else { throw LabError(path, "this machine has no cgroup freezer") }
    try Self.setFrozen(frozen, directory)
    _ = try await wait(path, for: frozen ? "it is frozen" : "it runs", within: .seconds(10)) {
      isFrozen == frozen ? true : nil
    }
  }

  var isFrozen: Bool {
    guard let directory = directory("freezer") else { return false }
    return Files.read("\(directory)/freezer.state")?.hasPrefix("FROZEN")
      ?? Files.read("\(directory)/cgroup.events")?.contains("frozen 1") ?? false
  }

  /// Memory that is not page cache, in bytes.
  var memory: UInt64 {
    guard let directory = directory("memory") else { return 0 }
    return Self.value(of: layout.isUnified ? "anon" : "total_rss", in: "\(directory)/memory.stat") ?? 0
  }

  /// CPU time that was used so far, in seconds.
  var cpuSeconds: Double {
    if layout.isUnified {
      return Double(directory("cpu").flatMap { Self.value(of: "usage_usec", in: "\($0)/cpu.stat") } ?? 0) / 1e6
    }
    let text = directory("cpuacct").flatMap { Files.read("\($0)/cpuacct.usage") } ?? ""
    return (Double(text.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0) / 1e9
  }

  /// Limits reads and writes of a block device, in bytes a second each; `nil` lifts the limit.
  ///
  /// - Parameter device: `major:minor` of a whole disk.
  func setDiskRate(_ rate: UInt64?, device: String) throws {
    if layout.isUnified, let directory = directory("io") {
      let limit = rate.map(String.init) ?? "max"
      try Files.set("\(directory)/io.max", "\(device) rbps=\(limit) wbps=\(limit)")
    } else if let directory = directory("blkio") {
      for way in ["read", "write"] {
        try Files.set("\(directory)/blkio.throttle.\(way)_bps_device", "\(device) \(rate ?? 0)")
      }
    } else {
      throw LabError(path, "this machine has no blkio cgroups: a disk cannot be made slow")
    }
  }

  /// The limit that `setDiskRate` set, in bytes a second.
  var diskRate: UInt64? {
    if layout.isUnified {
      let words = directory("io").flatMap { Files.read("\($0)/io.max") }?.split(whereSeparator: \.isWhitespace) ?? []
      return words.first { $0.hasPrefix("wbps=") }.flatMap { UInt64($0.dropFirst(5)) }
    }
    let text = directory("blkio").flatMap { Files.read("\($0)/blkio.throttle.write_bps_device") } ?? ""
    return text.split(whereSeparator: \.isWhitespace).last.flatMap { UInt64($0) }
  }

  private func directory(_ controller: String) -> String? { layout.tree(controller).map { "\($0.mount)/\(path)" } }

  private static func setFrozen(_ frozen: Bool, _ directory: String) throws {
    if Files.exists("\(directory)/freezer.state") {
      try Files.set("\(directory)/freezer.state", frozen ? "FROZEN" : "THAWED")
    } else if Files.exists("\(directory)/cgroup.freeze") {
      try Files.set("\(directory)/cgroup.freeze", frozen ? "1" : "0")
    }
  }

  private static func value(of key: String, in file: String) -> UInt64? {
    Files.read(file)?.split(separator: "\n").first { $0.hasPrefix("\(key) ") }
      .flatMap { UInt64($0.dropFirst(key.count + 1)) }
  }

  private static func processes(below directory: String) -> [Int32] {
    descendants(of: directory).flatMap { each in
      (Files.read("\(each)/cgroup.procs") ?? "").split(separator: "\n").compactMap { Int32($0) }
    }
  }

  /// The directory and all directories below it, parents first; none where it is missing.
  private static func descendants(of directory: String) -> [String] {
    guard Files.exists(directory) else { return [] }
    return [directory] + Files.directories(in: directory).flatMap { descendants(of: "\(directory)/\($0)") }
  }
}
