import Foundation
import Processes

/// A caching proxy for apt: the only thing by which hosts of a lab, which have no route to anywhere, get packages.
///
/// apt-cacher-ng runs outside the lab. One socat carries connections from the gateway's port to a socket file, which
/// is the same inside and outside of the namespace, another one from there to apt-cacher-ng.
struct AptProxy: Sendable {
  /// Where hosts find it: apt-cacher-ng's usual port.
  static let port = 3142
  /// Where this machine finds it: not the usual port, on which the package's own service may listen on all addresses.
  private static let localPort = 31420

  var paths: LabPaths
  /// The lab's address in the management network.
  var gateway: String
  var upstreamProxy: String?

  private var cgroup: Cgroup { paths.cgroup("_apt-proxy") }

  /// Where this machine itself reaches the proxy, to build images. An address of its own for each site: labs do not
  /// meet on the port.
  var localAddress: String {
    let hash = fnv1a(paths.site)
    return "127.\(64 + hash & 63).\(hash >> 8 & 255).\(1 + (hash >> 16 & 255) % 254)"
  }

  var localURL: String { "http://\(localAddress):\(Self.localPort)" }
  var url: String { "http://\(gateway):\(Self.port)" }

  var configuration: String {
    """
    CacheDir: \(paths.packages)
    LogDir: \(paths.proxy)/log
    SupportDir: /usr/lib/apt-cacher-ng
    BindAddress: \(localAddress)
    Port: \(Self.localPort)
    ForeGround: 1
    AllowUserPorts: 0
    VerboseLog: 1
    UnbufferLogs: 1
    ExThreshold: 30
    \(upstreamProxy.map { "Proxy: \($0)\n" } ?? "")
    """
  }

  /// Starts what of it does not answer.
  func ensure() async throws {
    if try await answers() { return }
    try await cgroup.killAll()
    try cgroup.create()
    for directory in [paths.packages, "\(paths.proxy)/log"] { try Files.makeDirectory(directory) }
    // The package's own user cannot look into the lab's directory; root can read what an earlier run stored.
    try Files.write(configuration, to: "\(paths.proxy)/acng.conf", mode: 0o600)
    try Files.remove(paths.proxySocket)
    try await cgroup.start(["apt-cacher-ng", "-c", paths.proxy], log: "\(paths.proxy)/apt-cacher-ng.log")
    try await cgroup.start(
      ["socat", "UNIX-LISTEN:\(paths.proxySocket),fork", "TCP:\(localAddress):\(Self.localPort)"],
      log: "\(paths.proxy)/socat.log")
    try await cgroup.start(
      [
        "nsenter", "--net=\(paths.namespaceFile)", "socat",
        "TCP-LISTEN:\(Self.port),bind=\(gateway),reuseaddr,fork", "UNIX-CONNECT:\(paths.proxySocket)",
      ], log: "\(paths.proxy)/socat.log")
    _ = try await wait(
      "apt proxy", for: "it answers", within: .seconds(15), every: .milliseconds(100),
      hint: "; see the logs in \(paths.proxy)"
    ) { try await answers() ? true : nil }
  }

  /// Whether a request on the gateway's port reaches apt-cacher-ng.
  private func answers() async throws -> Bool {
    guard Files.exists(paths.namespaceFile) else { return false }
    let reply = try await Command(
      ["nsenter", "--net=\(paths.namespaceFile)", "nc", "-w", "2", gateway, "\(Self.port)"],
      input: "GET / HTTP/1.0\r\n\r\n"
    ).run()
    return reply.output.hasPrefix("HTTP/1")
  }
}
