import Glibc
import HostProtocol

extension SysctlResource: Converging {
  func changes(on host: Host) throws -> [Change] {
    try file.changes(on: host)
      + values.sorted { $0.key < $1.key }.compactMap { key, value in
        guard belongsHere(key, host) else { return nil }
        let running = FileSystem.text(Self.path(of: key)).map(Self.normalized)
        return running == Self.normalized(value) ? nil : Change(key, from: running, to: value)
      }
  }

  func converge(_ host: Host) throws {
    for (key, value) in values.sorted(by: { $0.key < $1.key }) where belongsHere(key, host) {
      let path = Self.path(of: key)
      guard let running = FileSystem.text(path) else {
        throw Failure("the kernel has no \(key): its module is not loaded, or the name is wrong")
      }
      guard Self.normalized(running) != Self.normalized(value) else { continue }
      let descriptor = try check(open(path, O_WRONLY | O_CLOEXEC), path)
      defer { close(descriptor) }
      try writeAll(Array(value.utf8), to: descriptor, "\(key) = \(value)")
    }
    if !(try file.changes(on: host)).isEmpty { try file.converge(host) }
  }

  /// For the next boot.
  private var file: FileResource {
    let lines = values.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)\n" }
    return FileResource("/etc/sysctl.d/60-varde-\(name).conf", content: "# Written by Varde.\n" + lines.joined())
  }

  /// In a container, what cannot be written belongs to the host around it.
  private func belongsHere(_ key: String, _ host: Host) -> Bool {
    host.container == nil || access(Self.path(of: key), W_OK) == 0
  }

  /// Dots part a name, unless a slash comes first: then dots belong to names of interfaces (see sysctl.d(5)).
  private static func path(of key: String) -> String {
    let separator = key.first { $0 == "." || $0 == "/" }
    let swap: [Character: Character] = separator == "." ? [".": "/", "/": "."] : [:]
    return "/proc/sys/" + String(key.map { swap[$0] ?? $0 })
  }

  /// The kernel parts several numbers by tabs, people by spaces.
  private static func normalized(_ value: String) -> String {
    value.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}
