import Glibc
import HostProtocol

extension Facts {
  static func read() -> Facts {
    var name = utsname()
    uname(&name)
    return Facts(
      hostname: text(of: &name.nodename), debian: debian(), kernel: kernelRelease(),
      cores: sysconf(Int32(_SC_NPROCESSORS_ONLN)), memory: memory(),
      uptime: FileSystem.text("/proc/uptime")?.split(separator: " ").first.flatMap { Double($0) } ?? 0,
      container: container())
  }

  static func kernelRelease() -> String {
    var name = utsname()
    uname(&name)
    return text(of: &name.release)
  }

  /// As the container's manager says; see systemd's "Container Interface".
  static func container() -> String? {
    if let manager = FileSystem.text("/run/systemd/container") ?? FileSystem.text("/run/host/container-manager") {
      return manager
    }
    return FileSystem.exists("/.dockerenv") ? "docker" : nil
  }

  /// `12`; where a release has no number yet, its name: `sid`.
  private static func debian() -> String {
    let lines = FileSystem.text("/etc/os-release")?.split(separator: "\n") ?? []
    let value = { (key: String) in
      lines.first { $0.hasPrefix("\(key)=") }?.dropFirst(key.count + 1).filter { $0 != "\"" }
    }
    return value("VERSION_ID") ?? value("VERSION_CODENAME") ?? "unknown"
  }

  /// In bytes.
  private static func memory() -> UInt64 {
    UInt64(sysconf(Int32(_SC_PHYS_PAGES))) * UInt64(sysconf(Int32(_SC_PAGESIZE)))
  }

  private static func text<Characters>(of characters: inout Characters) -> String {
    withUnsafeBytes(of: &characters) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }
}
