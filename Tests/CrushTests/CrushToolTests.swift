import Foundation
import TestSupport
import Testing

@testable import Crush

/// Beside Ceph's own crushtool (Debian: ceph-base), on maps made up from seeds.
@Suite struct CrushToolTests {
  /// `$VARDE_CRUSH_MAPS`; a short run otherwise.
  private static let count =
    ProcessInfo.processInfo.environment["VARDE_CRUSH_MAPS"].flatMap { UInt64($0) } ?? 100

  @Test func randomMapsAreMappedAlike() throws {
    let tool = try CrushTool()
    defer { tool.clean() }
    var mappings = 0
    for seed in 0..<Self.count {
      let random = RandomMap(seed: seed)
      let binary = try tool.compile(random.text)
      let fromText = try CrushMap(text: random.text)
      let fromBinary = try binary.withUnsafeBytes { try CrushMap(binary: $0) }
      var generator = SplitMix64(seed)
      for rule in random.rules {
        let size = Int.random(in: 1...12, using: &generator)
        let expected = try tool.mappings(rule: rule, size: size, upTo: 99, reweights: random.reweights)
        for (form, map) in [("text", fromText), ("binary", fromBinary)] {
          let lines = try CrushTest(map, reweights: random.reweights).mappings(rule: rule, size: size, inputs: 0...99)
          guard lines == expected else {
            let first = zip(lines, expected).first { $0 != $1 }
            Issue.record("seed \(seed), rule \(rule), \(size) replicas, \(form): \(String(describing: first))")
            continue
          }
          mappings += lines.count
        }
      }
    }
    print("\(mappings) mappings of \(Self.count) maps are those of crushtool")
  }
}

/// crushtool, with files of its own.
private struct CrushTool {
  private let folder: URL
  private var map: String { folder.appendingPathComponent("map").path }

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("varde-crush-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  func clean() { try? FileManager.default.removeItem(at: folder) }

  /// The binary form of a text.
  func compile(_ text: String) throws -> Data {
    let source = folder.appendingPathComponent("map.txt")
    try Data(text.utf8).write(to: source)
    _ = try run(["-c", source.path, "-o", map])
    return try Data(contentsOf: URL(fileURLWithPath: map))
  }

  /// Of the map that was compiled last.
  func mappings(rule: Int, size: Int, upTo last: Int, reweights: [Int: Double]) throws -> [String] {
    let words = ["-i", map, "--test", "--show-mappings", "--rule", "\(rule)", "--num-rep", "\(size)"]
    let weights = reweights.flatMap { ["--weight", "\($0.key)", "\($0.value)"] }
    return try run(words + ["--min-x", "0", "--max-x", "\(last)"] + weights).split(separator: "\n").map(String.init)
      .filter { $0.hasPrefix("CRUSH") }
  }

  private func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(
      fileURLWithPath: ProcessInfo.processInfo.environment["CRUSHTOOL"] ?? "/usr/bin/crushtool")
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = output
    do { try process.run() } catch {
      throw Missing("crushtool cannot be started (\(error)): the package ceph-base has it")
    }
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    let text = String(decoding: data, as: UTF8.self)
    guard process.terminationStatus == 0 else {
      throw Missing(
        "crushtool \(arguments.joined(separator: " ")): exit code \(process.terminationStatus): \(text.suffix(500))")
    }
    return text
  }

  private struct Missing: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) { self.description = description }
  }
}
