import Foundation

/// Ceph's own tools for maps, on files of its own.
struct CephTools {
  private let folder: URL
  private let crushtool: String?

  /// - Parameter crushtool: another one than Debian's
  init(crushtool: String? = nil) throws {
    self.crushtool = crushtool
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("varde-crush-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func clean() { try? FileManager.default.removeItem(at: folder) }

  private func path(_ name: String) -> String { folder.appendingPathComponent(name).path }

  /// The binary form of a text.
  func compile(_ text: String) throws -> Data {
    try Data(text.utf8).write(to: folder.appendingPathComponent("crush.txt"))
    _ = try run("crushtool", ["-c", path("crush.txt"), "-o", path("crush")])
    return try Data(contentsOf: folder.appendingPathComponent("crush"))
  }

  /// The map that was compiled last, as JSON.
  func crushDump() throws -> Data { Data(try run("crushtool", ["-i", path("crush"), "--dump"]).utf8) }

  /// Of the map that was compiled last.
  func mappings(rule: Int, size: Int, upTo last: Int, reweights: [Int: Double]) throws -> [String] {
    let words = ["-i", path("crush"), "--test", "--show-mappings", "--rule", "\(rule)", "--num-rep", "\(size)"]
    let weights = reweights.flatMap { ["--weight", "\($0.key)", "\($0.value)"] }
    return try run("crushtool", words + ["--min-x", "0", "--max-x", "\(last)"] + weights).split(separator: "\n")
      .map(String.init).filter { $0.hasPrefix("CRUSH") }
  }

  /// The map that was compiled last, with one more device, in a host below the root.
  func adding(device: Int, weight: Double, host: String) throws -> Data {
    _ = try run(
      "crushtool",
      [
        "-i", path("crush"), "--add-item", "\(device)", "\(weight)", "osd.\(device)", "--loc", "host", host, "--loc",
        "root", "root0", "-o", path("crush-more"),
      ])
    return try Data(contentsOf: folder.appendingPathComponent("crush-more"))
  }

  /// Has an OSD map written in the newest form, around the CRUSH map that was compiled last, or its own one.
  func renew(_ osdMap: Data, keepingCrush: Bool = false) throws -> Data {
    try osdMap.write(to: folder.appendingPathComponent("osdmap"))
    if !keepingCrush { _ = try run("osdmaptool", [path("osdmap"), "--import-crush", path("crush")]) }
    return try Data(contentsOf: folder.appendingPathComponent("osdmap"))
  }

  /// An OSD map with another CRUSH map, in which a host of the one that was compiled last stands in another rack.
  ///
  /// - Returns: the map, and its CRUSH map
  func moving(_ host: String, to rack: String, _ osdMap: Data) throws -> (map: Data, crush: Data) {
    _ = try run(
      "crushtool",
      [
        "-i", path("crush"), "--move", host, "--loc", "root", "default", "--loc", "rack", rack, "-o",
        path("crush-moved"),
      ])
    try osdMap.write(to: folder.appendingPathComponent("osdmap"))
    _ = try run("osdmaptool", [path("osdmap"), "--import-crush", path("crush-moved")])
    return (
      try Data(contentsOf: folder.appendingPathComponent("osdmap")),
      try Data(contentsOf: folder.appendingPathComponent("crush-moved"))
    )
  }

  /// The OSD map that was renewed last, as JSON.
  func osdDump() throws -> Data {
    Data(try run("osdmaptool", [path("osdmap"), "--dump", "json"]).utf8)
  }

  /// A line for each group: `1.2 raw ([3,4], p3) up ([3,4], p3) acting ([3,4], p3)`.
  func placements() throws -> [String] {
    try run("osdmaptool", [path("osdmap"), "--test-map-pgs-dump-all"]).split(separator: "\n").map(String.init)
      .filter { $0.contains(" raw (") }
  }

  /// What the monitors would do to the upmap entries of the OSD map that was renewed last: a command each.
  func upmapCleanup() throws -> [String] {
    _ = try run("osdmaptool", [path("osdmap"), "--upmap-cleanup", path("cleanup")])
    return (try? text("cleanup"))?.split(separator: "\n").map(String.init) ?? []
  }

  private func run(_ tool: String, _ arguments: [String]) throws -> String {
    let process = Process()
    let own = tool == "crushtool" ? crushtool : nil
    let name = own ?? ProcessInfo.processInfo.environment[tool.uppercased()] ?? "/usr/bin/\(tool)"
    process.executableURL = URL(fileURLWithPath: name)
    process.arguments = arguments
    let (output, errors) = (try open("output"), try open("errors"))
    defer { for file in [output, errors] { try? file.close() } }
    process.standardOutput = output
    process.standardError = errors
    do { try process.run() } catch {
      throw Missing("\(tool) cannot be started (\(error)): the package ceph-base has it")
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Missing(
        "\(tool) \(arguments.joined(separator: " ")): exit code \(process.terminationStatus): \(try text("errors").suffix(500))"
      )
    }
    return try text("output")
  }

  /// A file, for a tool does not end while a pipe is full.
  private func open(_ name: String) throws -> FileHandle {
    try Data().write(to: folder.appendingPathComponent(name))
    return try FileHandle(forWritingTo: folder.appendingPathComponent(name))
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: folder.appendingPathComponent(name)), as: UTF8.self)
  }

  private struct Missing: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
  }
}
