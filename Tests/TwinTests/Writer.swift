/// `Scripts/rbd-writer.py` in a host.
struct Writer {
  private let varde: Varde

  /// Returns when it writes.
  static func start(_ site: TestSite, host: String, seconds: Int) async throws -> Writer {
    let script = try Repository.text("Scripts/rbd-writer.py")
    let words = ["lab", "exec", site.file, host, "--", "python3", "-", "vms", "\(seconds)"]
    let writer = Writer(varde: try await Varde(words, input: script))
    _ = try await wait(for: "the writer writes", within: .seconds(30)) {
      writer.varde.error.contains("writing") ? true : nil
    }
    return writer
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

    enum CodingKeys: String, CodingKey {
      case writes
      case wrongBlocks = "wrong_blocks"
      case longestStall = "longest_stall_s"
    }
  }
}
