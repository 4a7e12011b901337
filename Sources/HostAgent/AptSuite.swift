import Debian
import Glibc
import HostProtocol

/// Another release of Debian beside the host's own, from the same mirrors: nothing is taken from it but what a package
/// resource asks for, and what that needs.
struct AptSuite {
  let name: String

  private var sourcesPath: String { "/etc/apt/sources.list.d/varde-\(name).list" }
  private var preferencesPath: String { "/etc/apt/preferences.d/varde-\(name)" }

  /// Makes it known to apt, where it is not.
  func ensure() throws {
    guard let codename = FileSystem.text("/etc/os-release").flatMap({ AptSources.codename(osRelease: $0) }) else {
      throw Failure("/etc/os-release names no release of Debian; \(name) cannot be added to its sources")
    }
    // First what keeps apt from taking everything from there; its updates and security suites are named after it.
    let preferences = "# Written by Varde.\nPackage: *\nPin: release n=\(name)*\nPin-Priority: 100"
    if FileSystem.text(preferencesPath) != preferences { try write(preferences + "\n", to: preferencesPath) }
    let files = Self.files
    guard AptSources(files: files, codename: name).sources.isEmpty else { return }
    let sources = AptSources(files: files, codename: codename).of(suite: name, insteadOf: codename)
    guard !sources.sources.isEmpty else {
      throw Failure(
        "/etc/apt/sources.list.d has no source for Debian \(codename), whose mirror would have \(name): add one of either"
      )
    }
    try write("# Written by Varde.\n\(sources.text)", to: sourcesPath)
  }

  private func write(_ text: String, to path: String) throws {
    try AtomicFile(path: path, content: Array(text.utf8), owner: .root, mode: 0o644).write()
  }

  private static var files: [(name: String, text: String)] {
    let directory = "/etc/apt/sources.list.d"
    let paths = ["/etc/apt/sources.list"] + FileSystem.names(in: directory).map { "\(directory)/\($0)" }
    return paths.filter { $0.hasSuffix(".list") || $0.hasSuffix(".sources") }
      .compactMap { path in FileSystem.text(path).map { (name: path, text: $0) } }
  }
}
