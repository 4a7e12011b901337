import ArgumentParser
import Ceph
import Crush
import Foundation
import Hosts

/// A running cluster, whoever built it: its own dumps in files, or a monitor's host to ask.
struct ClusterInput: ParsableArguments {
  @OptionGroup var files: MapOptions
  @Option(
    help: ArgumentHelp(
      "With them, ceph pg dump -f json; else every group of a pool counts the same.", valueName: "file"),
    completion: .file())
  var pgDump: String?
  @Option(
    help: ArgumentHelp("With them, ceph osd df -f json: what OSDs hold, and can.", valueName: "file"),
    completion: .file())
  var osdDf: String?
  @Option(
    help: ArgumentHelp(
      "Instead of files: a host with a monitor and the admin keyring, asked over ssh as root.", valueName: "host"))
  var host: String?

  var areGiven: Bool { files.areGiven || host != nil }

  /// - Throws: `ValidationError`
  func validateInput() throws {
    guard files.areGiven || host != nil else { throw ValidationError("name files, or a --host to ask") }
    guard !files.areGiven || host == nil else { throw ValidationError("files and a --host to ask: one of them") }
    if files.areGiven { try files.validateFiles() }
    guard files.areGiven || (pgDump == nil && osdDf == nil) else {
      throw ValidationError("--pg-dump and --osd-df go with --osd-dump and --crush, or an --osdmap")
    }
  }

  /// - Parameter sshConfig: to use instead of one's own
  /// - Throws: `InputError`, `HostError`, `CrushMapError`
  func load(sshConfig: String?) async throws -> ClusterMaps {
    if let host { return try await SSH.visiting(host, config: sshConfig) { try await ClusterMaps(asking: $0) } }
    let map = try files.load()
    let (groups, osds) = (try read(pgDump), try read(osdDf))
    do throws(CrushMapError) {
      return ClusterMaps(map, try ClusterUse(map, pgDump: groups, osdDf: osds))
    } catch {
      throw InputError(description: "\([pgDump, osdDf].compactMap { $0 }.joined(separator: ", ")): \(error)")
    }
  }

  private func read(_ path: String?) throws -> Data? {
    try path.map { try MapOptions.read($0) { data throws(CrushMapError) in data } }
  }
}
