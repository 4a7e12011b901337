import Foundation
import Processes
import Testing

/// An example's site under a name of its own, so that its twin is in nobody's way.
struct TestSite: Sendable {
  let name: String
  let file: String

  /// - Parameters:
  ///   - example: a folder of `Examples`
  ///   - name: of this suite's own: no other one's name may begin with it
  init(_ example: String, as name: String) throws {
    let text = try Repository.text("Examples/\(example)/site.yaml")
    let renamed = text.replacing("site: \(example)\n", with: "site: \(name)\n")
    guard renamed != text else { throw Unmet("Examples/\(example)/site.yaml does not name its site '\(example)'") }
    try self.init(name: name, yaml: renamed)
  }

  init(name: String, yaml: String) throws {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("varde-sites")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try self.init(name: name, yaml: yaml, file: folder.appendingPathComponent("\(name).yaml").path)
  }

  init(name: String, yaml: String, file: String) throws {
    guard geteuid() == 0 else { throw Unmet("a twin needs root") }
    self.name = name
    self.file = file
    try edit(yaml)
  }

  /// The file becomes another, as when an operator edits it.
  func edit(_ yaml: String) throws { try yaml.write(toFile: file, atomically: true, encoding: .utf8) }

  /// A twin of this name that another run left is no part of a test.
  func begin() async throws {
    let down = try await lab("down")
    guard down.status == 0 else { throw Unmet("\(down)") }
  }

  /// Its hosts run, and nothing has been rolled out.
  func up() async throws {
    try await begin()
    let up = try await lab("up")
    guard up.status == 0 else { throw Unmet("\(up)") }
  }

  /// It is converged and well.
  func restore() async throws {
    try await begin()
    // Where it has to be made, that is a rollout.
    let restored = try await Varde.run(["lab", "restore", file, name, "--anew"], within: .seconds(600))
    guard restored.status == 0 else { throw Unmet("\(restored)") }
    try await muteSlowHeartbeats()
    try await isWell()
    // One that was kept by an earlier Varde may lack what this one wants.
    let apply = try await twin("apply")
    guard apply.status == 0 else { throw Unmet("\(apply)") }
  }

  /// They tell that this machine is busy, and stay for a quarter of an hour.
  private func muteSlowHeartbeats() async throws {
    guard let mon = try await nodes().first(where: { $0.kind == "host" })?.name else { return }
    for code in ["OSD_SLOW_PING_TIME_BACK", "OSD_SLOW_PING_TIME_FRONT"] {
      try await sh(mon, "timeout 60 ceph health mute \(code) --sticky")
    }
  }

  /// All is as it should be, or comes to be: a busy machine may keep a router from its heartbeats for a moment.
  func isWell() async throws {
    let status = try await twin("status", "--wait", "120")
    guard status.status == 0 else { throw Unmet("\(status)") }
  }

  /// Nothing of it is left.
  func end() async throws {
    let down = try await lab("down")
    guard down.status == 0 else { throw Unmet("\(down)") }
    try Leftovers.expectNone(of: name)
  }

  /// Where the twin lies on this machine.
  var folder: String { "\(Self.base)/lab/\(name)" }
  var state: StateFile { StateFile(path: "\(folder)/state/state.sqlite") }
  static let base = ProcessInfo.processInfo.environment["VARDE_LAB_DIR"] ?? "/var/lib/varde"

  // MARK: varde

  /// `varde lab VERB SITE ...`
  func lab(_ verb: String, _ rest: String..., input: String? = nil) async throws -> Varde.Run {
    try await Varde.run(["lab", verb, file] + rest, input: input)
  }

  /// `varde VERB --twin SITE ...`; `apply` is not asked.
  func twin(_ verb: String, _ rest: String...) async throws -> Varde.Run {
    try await Varde.run(words(verb) + rest)
  }

  /// As `twin`, but returns while it runs.
  func start(_ verb: String) async throws -> Varde { try await Varde(words(verb)) }

  private func words(_ verb: String) -> [String] {
    [verb, "--twin", file] + (verb == "apply" ? ["--yes"] : [])
  }

  // MARK: its hosts

  /// Runs a shell script in a host and returns what it prints.
  ///
  /// - Throws: `Unmet` where it fails
  @discardableResult
  func sh(_ host: String, _ script: String, input: String? = nil) async throws -> String {
    let run = try await lab("exec", host, "--", "sh", "-c", script, input: input)
    guard run.status == 0 else { throw Unmet("\(run)") }
    return run.output
  }

  /// Steps of the last rollout whose ids hold some words, in the order in which they began.
  func steps(of words: String) async throws -> [Step] {
    struct Rollout: Decodable { var id: Int }
    struct Story: Decodable { var steps: [Step] }
    let last = try await twin("history", "--format", "json").json([Rollout].self).first?.id ?? 0
    return try await twin("history", "\(last)", "--format", "json").json(Story.self).steps.filter {
      $0.id.contains(words)
    }
  }

  struct Step: Decodable {
    var id: String
    /// As text that sorts like the time that it tells.
    var startedAt: String
    var finishedAt: String
  }

  func nodes() async throws -> [Node] {
    struct Status: Decodable { var hosts: [Node] }
    return try await lab("status", "--format", "json").json(Status.self).hosts
  }

  struct Node: Decodable {
    var name: String
    var kind: String
  }
}
