import Foundation
import Processes
import Synchronization
import TestSupport

/// The real command line, running as an operator runs it.
final class Varde: Sendable {
  let arguments: [String]
  let pid: Int32
  private let folder: URL
  private let end: Task<Int, any Error>

  static let program = Products.varde

  /// Everything that any run has printed so far.
  static let transcript = Mutex<[Run]>([])

  /// Starts it; what it prints goes to files, so that nothing waits for children that outlive it.
  init(_ arguments: [String], input: String? = nil) async throws {
    guard FileManager.default.isExecutableFile(atPath: Self.program) else {
      throw Unmet("\(Self.program) is missing; run swift build --build-tests")
    }
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("varde-run-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let script = "exec >out 2>error; echo $$ >pid.new; mv pid.new pid; cd \"$1\"; shift; exec \"$@\""
    let here = FileManager.default.currentDirectoryPath
    let argv = ["env", "-C", folder.path, "sh", "-c", script, "sh", here, Self.program] + arguments
    self.arguments = arguments
    self.folder = folder
    end = Task { try await Command(argv, input: input).run().status }
    let started = try await wait(for: "varde starts", within: .seconds(20)) {
      try? String(contentsOf: folder.appendingPathComponent("pid"), encoding: .utf8)
    }
    guard let pid = Int32(started.dropLast()) else { throw Unmet("varde was not started: \(started)") }
    self.pid = pid
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  /// What it has said so far.
  var error: String { text("error") }

  /// Ends it as a power failure does, at a moment of its work: it can do nothing more.
  ///
  /// - Throws: `Unmet` where it ended before
  func cutOff(
    at moment: String, within limit: Duration = .seconds(120), every interval: Duration = .milliseconds(2),
    _ hasCome: () -> Bool
  ) async throws -> Run {
    _ = try await wait(for: moment, within: limit, every: interval) { () -> Bool? in
      guard kill(pid, 0) == 0 else { throw Unmet("it ended before \(moment): \(error)") }
      return hasCome() ? true : nil
    }
    kill(pid, SIGKILL)
    return try await result(within: .seconds(10))
  }

  /// Ends it as a power failure does when a moment has come, unless it has ended before. It looks when something has been
  /// said, and else from time to time: a look costs more than a wait.
  func killed(when hasCome: () -> Bool) async throws -> Run {
    var size: UInt64?
    var looked = ContinuousClock.now
    _ = try await wait(for: "the moment of its death, or its end", within: .seconds(300), every: .milliseconds(2)) {
      () -> Bool? in
      if kill(pid, 0) != 0 { return true }
      let now = sizeOfError
      guard now != size || looked.duration(to: .now) > .milliseconds(50) else { return nil }
      (size, looked) = (now, .now)
      guard hasCome() else { return nil }
      kill(pid, SIGKILL)
      return true
    }
    return try await result(within: .seconds(10))
  }

  /// Waits for its end.
  func result(within limit: Duration) async throws -> Run {
    let watchdog = Task { [pid, arguments] in
      try await Task.sleep(for: limit)
      print("varde \(arguments.joined(separator: " ")) is not done after \(limit) and is killed")
      kill(pid, SIGKILL)
    }
    defer { watchdog.cancel() }
    let status = try await end.value
    let run = Run(arguments: arguments, pid: pid, status: status, output: text("out"), error: error)
    Self.transcript.withLock { $0.append(run) }
    return run
  }

  private var sizeOfError: UInt64? {
    let attributes = try? FileManager.default.attributesOfItem(atPath: folder.appendingPathComponent("error").path)
    return attributes?[.size] as? UInt64
  }

  private func text(_ name: String) -> String {
    (try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)) ?? ""
  }

  /// A run that has ended.
  struct Run: Sendable, CustomStringConvertible {
    var arguments: [String]
    var pid: Int32
    /// 128 + signal where it was killed.
    var status: Int
    var output: String
    var error: String

    var all: String { output + error }

    var description: String {
      "varde \(arguments.joined(separator: " ")): exit code \(status)\n\(output.suffix(3000))\n\(error.suffix(3000))"
    }

    /// Reads its output as JSON.
    func json<Value: Decodable>(_ type: Value.Type) throws -> Value {
      try JSONDecoder().decode(type, from: Data(output.utf8))
    }
  }

  /// Runs it to its end.
  static func run(
    _ arguments: [String], input: String? = nil, within limit: Duration = .seconds(300)
  ) async throws -> Run {
    try await Varde(arguments, input: input).result(within: limit)
  }
}

/// What a test needs and does not find, or waited for in vain.
struct Unmet: Error, CustomStringConvertible {
  var description: String

  init(_ description: String) { self.description = description }
}
