import Design
import Foundation
import Processes
import Testing

@testable import Lab

/// A lab for one test.
struct Twin {
  var lab: Lab

  /// Brings a lab up, and takes it down in any case.
  static func with(
    _ design: Design, image: ImageKind = .full, _ body: (Twin) async throws -> Void
  ) async throws {
    let lab = Lab(design, image: image)
    try await lab.down { _ in }
    do {
      try await lab.up { _ in }
      try await body(Twin(lab: lab))
    } catch {
      try await lab.down { _ in }
      throw error
    }
    try await lab.down { _ in }
  }

  /// Runs a shell script in a host.
  @discardableResult
  func sh(_ host: String, _ script: String) async throws -> Command.Output {
    try await Command(try lab.host(host).inside(["sh", "-c", script])).run()
  }

  func pings(_ host: String, _ address: String) async throws -> Bool {
    try await sh(host, "ping -c 1 -W 1 \(address)").status == 0
  }

  /// Configures the ends of a link as a rollout does, for this and all later boots.
  func configure(_ host: String, _ interface: String, address: String) async throws {
    let network = "[Match]\nName=\(interface)\n[Link]\nMTUBytes=9000\n[Network]\nAddress=\(address)\n"
    try await sh(
      host, "printf '\(network)' > /etc/systemd/network/40-varde-\(interface).network && networkctl reload")
  }

  /// Waits until a host reaches an address.
  func awaitPing(_ host: String, _ address: String) async throws {
    _ = try await wait(host, for: "it reaches \(address)", within: .seconds(20)) {
      try await pings(host, address) ? true : nil
    }
  }

  func faults() async throws -> [String] { try await lab.status().faults }

  /// What is left on this machine of a site's lab.
  static func remains(of site: String) throws -> [String] {
    let paths = LabPaths(site: site)
    let directories =
      [paths.lab, paths.lock, paths.namespaceFile, paths.labDisks, paths.unfinishedLab]
      + CgroupLayout.ofThisMachine.trees.map { "\($0.mount)/\(paths.cgroup.path)" }
    let mounts = Mounts.points(Files.read("/proc/self/mountinfo") ?? "").filter { $0.contains("/\(site)") }
    let traces = ["propagate", "unix-export"].flatMap { Files.list("/run/systemd/nspawn/\($0)") }
      .filter { $0.hasPrefix(paths.machine("")) }
    let processes = Files.list("/proc").filter { Int32($0) != nil }.filter { pid in
      let words = Files.read("/proc/\(pid)/cmdline") ?? ""
      return words.contains(paths.machine("")) || words.contains(paths.lab)
    }
    return directories.filter(Files.exists) + mounts + traces + processes
  }
}
