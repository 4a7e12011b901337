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
    help: ArgumentHelp("With them, ceph osd tree -f json, to see that all are of one cluster.", valueName: "file"),
    completion: .file())
  var osdTree: String?
  @Option(
    help: ArgumentHelp("With them, ceph mon dump -f json: where monitors run.", valueName: "file"), completion: .file())
  var monDump: String?
  @Option(help: ArgumentHelp("Instead: ceph report, all in one file.", valueName: "file"), completion: .file())
  var report: String?
  @Option(
    help: ArgumentHelp("Instead: a folder with such files, each known by what is in it.", valueName: "folder"),
    completion: .directory)
  var dir: String?
  @Option(help: ArgumentHelp("Instead: a tar archive of such a folder.", valueName: "file"), completion: .file())
  var dumps: String?
  @Option(
    help: ArgumentHelp(
      "Instead of files: a host with a monitor and the admin keyring, asked over ssh as root.", valueName: "host"))
  var host: String?

  private var areFilesGiven: Bool {
    files.areGiven || [pgDump, osdDf, osdTree, monDump, report, dir, dumps].contains { $0 != nil }
  }

  var areGiven: Bool { areFilesGiven || host != nil }

  /// - Throws: `ValidationError`
  func validateInput() throws {
    guard areGiven else {
      throw ValidationError("name files, a --report, a --dir, --dumps, or a --host to ask")
    }
    guard !areFilesGiven || host == nil else { throw ValidationError("files and a --host to ask: one of them") }
    guard [report, dir, dumps].count(where: { $0 != nil }) <= 1 else {
      throw ValidationError("--report, --dir and --dumps: one of them")
    }
    let isWhole = report != nil || dir != nil || dumps != nil
    if areFilesGiven, !isWhole { try files.validateFiles() }
    let given = [files.osdDump, files.crush, files.osdmap, pgDump, osdDf, osdTree, monDump, report]
    guard given.count(where: { $0 == "-" }) <= 1 else { throw ValidationError("only one file can be standard input") }
  }

  /// - Parameter sshConfig: to use instead of one's own
  /// - Throws: `InputError`, `HostError`, `CrushMapError`
  func load(sshConfig: String?) async throws -> ClusterMaps {
    if let host { return try await SSH.visiting(host, config: sshConfig) { try await ClusterMaps(asking: $0) } }
    return try await gathered().maps()
  }

  /// As `load`, for what goes down together.
  func loadDumps(sshConfig: String?) async throws -> ClusterDumps {
    if let host { return try await SSH.visiting(host, config: sshConfig) { try await ClusterDumps(asking: $0) } }
    return try await gathered().dumps()
  }

  private func gathered() async throws -> ClusterFiles {
    var found = ClusterFiles()
    try found.add(.osdMap, file: files.osdmap)
    try found.add(.osdDump, file: files.osdDump)
    try found.addCrush(file: files.crush)
    for (kind, path) in [(ClusterDump.pgDump, pgDump), (.osdDf, osdDf), (.osdTree, osdTree), (.monDump, monDump)] {
      try found.add(kind, file: path)
    }
    try found.addReport(file: report)
    if let dir { try found.add(folder: dir) }
    if let dumps { try await found.add(archive: dumps) }
    return found
  }
}
