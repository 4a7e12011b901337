import Foundation
import Processes

/// Programs that run in hosts of a lab beside what belongs there: a writer, flows. They end with their host, and with the
/// lab, whatever becomes of whoever started them; their output is kept on this machine.
extension Lab {
  /// Starts a program in a host, and returns while it runs. One of the same name there is ended first.
  ///
  /// - Throws: `LabError` where the host is off; `CommandError`
  public func startProbe(_ name: String, on host: String, _ argv: [String]) async throws {
    try Self.requireRoot()
    let cgroup = try probes(host, name)
    try await cgroup.killAll()
    try cgroup.create()
    let log = try probeLog(host, name)
    try Files.remove(log)
    try await cgroup.start(self.host(host).inside(Self.clean(argv)), log: log)
  }

  /// The last lines that a program has printed, at most so many bytes of them.
  ///
  /// - Throws: `LabError`
  public func probeOutput(_ name: String, on host: String, last bytes: UInt64 = 8192) throws -> String {
    guard let file = FileHandle(forReadingAtPath: try probeLog(host, name)) else { return "" }
    defer { try? file.close() }
    let end = (try? file.seekToEnd()) ?? 0
    try? file.seek(toOffset: end > bytes ? end - bytes : 0)
    return String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
  }

  /// Whether it still runs.
  ///
  /// - Throws: `LabError`
  public func isProbing(_ name: String, on host: String) throws -> Bool { try !probes(host, name).isEmpty }

  /// Ends a program that `startProbe` has started; one that has ended is none.
  ///
  /// - Throws: `LabError`
  public func endProbe(_ name: String, on host: String) async throws {
    let cgroup = try probes(host, name)
    try await cgroup.killAll()
    try await cgroup.remove()
  }

  /// Runs a program in a host to its end.
  ///
  /// - Throws: `LabError` where the host is off; `CommandError` where it does not exit with 0
  @discardableResult
  public func run(on host: String, _ argv: [String]) async throws -> String {
    try Self.requireRoot()
    return try await Command.check(self.host(host).inside(Self.clean(argv)))
  }

  private static func clean(_ argv: [String]) -> [String] {
    ["env", "-i", "-C", "/root", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8"]
      + argv
  }

  /// Below the host's own: what ends the host ends it.
  private func probes(_ host: String, _ name: String) throws -> Cgroup {
    Cgroup("\(try self.host(host).cgroup.path)/_\(name)")
  }

  private func probeLog(_ host: String, _ name: String) throws -> String {
    "\(paths.host(try self.host(host).name))/\(name).log"
  }
}
