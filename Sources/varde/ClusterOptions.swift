import ArgumentParser
import Ceph
import Foundation
import HostProtocol
import Hosts

/// A running Ceph cluster: its own JSON in files, or a monitor's host to ask.
struct ClusterOptions: ParsableArguments {
  @Option(help: ArgumentHelp("ceph osd dump -f json", valueName: "file"), completion: .file()) var osdDump: String?
  @Option(help: ArgumentHelp("ceph osd tree -f json", valueName: "file"), completion: .file()) var osdTree: String?
  @Option(help: ArgumentHelp("ceph pg dump -f json", valueName: "file"), completion: .file()) var pgDump: String?
  @Option(help: ArgumentHelp("ceph osd crush dump -f json", valueName: "file"), completion: .file())
  var crushDump: String?
  @Option(
    help: ArgumentHelp("ceph mon dump -f json; without it, monitors are left out.", valueName: "file"),
    completion: .file())
  var monDump: String?
  @Option(
    help: ArgumentHelp(
      "Instead of files: a host with a monitor and the admin keyring, asked over ssh as root.", valueName: "host"))
  var host: String?
  @Option(help: ArgumentHelp("ssh configuration to use instead of your own.", valueName: "file"), completion: .file())
  var sshConfig: String?

  private var files: [String?] { [osdDump, osdTree, pgDump, crushDump] }

  /// - Throws: `ValidationError`
  func validateInput() throws {
    let isComplete = !files.contains(nil)
    if host != nil, (files + [monDump]).contains(where: { $0 != nil }) {
      throw ValidationError("name files, or a --host to ask, not both")
    }
    if host == nil, !isComplete {
      throw ValidationError("--osd-dump, --osd-tree, --pg-dump and --crush-dump are needed, or a --host to ask")
    }
  }

  /// - Throws: `InputError`, `HostError`
  func load() async throws -> ClusterDumps {
    if let host { return try await SSH.visiting(host, config: sshConfig) { try await ClusterDumps(asking: $0) } }
    return ClusterDumps(
      osdDump: try read(osdDump), osdTree: try read(osdTree), pgDump: try read(pgDump), crushDump: try read(crushDump),
      monDump: try monDump.map { try read($0) })
  }

  private func read(_ path: String?) throws -> Data {
    guard let path, let data = FileManager.default.contents(atPath: path) else {
      throw InputError(description: "\(path ?? "a file"): cannot be read")
    }
    return data
  }
}
