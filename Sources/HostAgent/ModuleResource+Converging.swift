import Glibc
import HostProtocol

extension ModuleResource: Converging {
  func changes(on host: Host) throws -> [Change] {
    let loaded = isLoaded(on: host) ? [] : [Change("loaded", from: nil, to: name)]
    return try loaded + file.changes(on: host)
  }

  func converge(_ host: Host) throws {
    if !isLoaded(on: host) { try host.execute(["modprobe", "--", name]) }
    if !(try file.changes(on: host)).isEmpty { try file.converge(host) }
  }

  /// For the next boot.
  private var file: FileResource {
    FileResource("/etc/modules-load.d/varde-\(name).conf", content: "# Written by Varde.\n\(name)\n")
  }

  /// A container's kernel is the business of the host around it.
  private func isLoaded(on host: Host) -> Bool {
    let underscored = String(name.map { $0 == "-" ? "_" : $0 })
    return host.container != nil || FileSystem.exists("/sys/module/\(underscored)") || isBuiltIn(underscored)
  }

  /// Only some of the modules that are built in show up in /sys/module.
  private func isBuiltIn(_ underscored: String) -> Bool {
    let listed = FileSystem.text("/lib/modules/\(Facts.kernelRelease())/modules.builtin") ?? ""
    return listed.split(separator: "\n").contains { line in
      let module = line.split(separator: "/").last?.prefix { $0 != "." } ?? ""
      return String(module.map { $0 == "-" ? "_" : $0 }) == underscored
    }
  }
}
