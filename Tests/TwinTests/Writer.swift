import Foundation

/// `Scripts/rbd-writer.py` in a host.
struct Writer {
  private let varde: Varde
  private let site: TestSite
  private let host: String
  private static let mark = "/run/varde-writer-ends"

  /// Returns when it writes.
  ///
  /// - Parameter seconds: after them it ends, unless it was ended before
  static func start(_ site: TestSite, host: String, seconds: Int) async throws -> Writer {
    let script = try Repository.text("Scripts/rbd-writer.py")
    try await site.sh(host, "rm -f \(mark)")
    let words = ["lab", "exec", site.file, host, "--", "python3", "-", "vms", "\(seconds)", mark]
    let writer = Writer(varde: try await Varde(words, input: script), site: site, host: host)
    _ = try await wait(for: "the writer writes", within: .seconds(30)) {
      writer.varde.error.contains("writing") ? true : nil
    }
    return writer
  }

  /// Ends it now.
  ///
  /// - Throws: `Unmet` where it has failed, or ended before
  func stop() async throws -> Report {
    guard kill(varde.pid, 0) == 0 else { throw Unmet("the writer ended before: \(try await report())") }
    try await site.sh(host, "touch \(Self.mark)")
    return try await report()
  }

  /// Waits for its end.
  ///
  /// - Throws: `Unmet` where it failed
  func report() async throws -> Report {
    let run = try await varde.result(within: .seconds(180))
    guard run.status == 0 else { throw Unmet("\(run)") }
    return try run.json(Report.self)
  }

  struct Report: Decodable {
    var writes: Int
    var wrongBlocks: Int
    /// In seconds.
    var longestStall: Double
    /// Those of more than a second: `1.4 s from 23:05:17`.
    var stalls: [String]

    enum CodingKeys: String, CodingKey {
      case writes, stalls
      case wrongBlocks = "wrong_blocks"
      case longestStall = "longest_stall_s"
    }
  }
}
