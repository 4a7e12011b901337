import Debian
import Foundation
import Processes

/// How this machine fetches packages: what the hosts of a lab must do too.
struct AptConfiguration: Sendable, Hashable {
  /// `bookworm`.
  var codename: String
  var sources: AptSources
  /// Options of apt.conf that say how to fetch, each as `Name "value";`.
  var options: [String]
  /// The proxy by which this machine itself reaches its mirror.
  var upstreamProxy: String?

  /// - Parameters:
  ///   - dump: What `apt-config dump` prints.
  ///   - osRelease: `/etc/os-release`.
  init(files: [(name: String, text: String)], dump: String, osRelease: String) throws {
    guard let name = AptSources.codename(osRelease: osRelease) else {
      throw LabError("/etc/os-release", "names no Debian release; a lab needs a Debian machine")
    }
    codename = name
    sources = AptSources(files: files, codename: codename)
    // apt-cacher-ng fetches from a mirror by https where the address is written its way.
    for index in sources.sources.indices where sources.sources[index].uri.hasPrefix("https://") {
      sources.sources[index].uri = "http://HTTPS///\(sources.sources[index].uri.dropFirst(8))"
    }
    guard !sources.sources.isEmpty else {
      throw LabError("/etc/apt/sources.list.d", "has no source for Debian \(codename): add one, as apt itself needs it")
    }
    let carried = ["Check-Valid-Until", "Check-Date", "Languages", "Languages::", "Retries", "ForceIPv4", "ForceIPv6"]
    options = dump.split(separator: "\n").map(String.init).filter { line in
      carried.contains { line.hasPrefix("Acquire::\($0) ") } && !line.hasSuffix(" \"\";")
    }
    upstreamProxy = dump.split(separator: "\n").first { $0.hasPrefix("Acquire::http::Proxy ") }
      .map { $0.split(separator: "\"") }.flatMap { $0.count > 1 ? String($0[1]) : nil }
  }

  static func ofThisMachine() async throws -> AptConfiguration {
    let directory = "/etc/apt/sources.list.d"
    let paths = ["/etc/apt/sources.list"] + Files.list(directory).map { "\(directory)/\($0)" }
    let files = paths.filter { $0.hasSuffix(".list") || $0.hasSuffix(".sources") }
      .compactMap { path in Files.read(path).map { (name: path, text: $0) } }
    return try AptConfiguration(
      files: files, dump: try await Command.check("apt-config", "dump"), osRelease: Files.read("/etc/os-release") ?? "")
  }
}
