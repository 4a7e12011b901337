import Foundation
import Guarantees
import HostProtocol
import Hosts
import Plan
import Store
import Synchronization
import TestSupport
import Testing

@testable import Rollout

/// Rollouts against the real agent, started on this machine over pipes; what they change lies in a temporary folder.
@Suite struct RolloutTests {
  private let folder: String
  private let journal: Journal
  private let sessions: Sessions

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("varde-\(UUID().uuidString)").path
    journal = Journal(try Store(StateDirectory("\(folder)/state")))
    let agent = try Self.agent()
    sessions = Sessions(["a", "b"].map { HostAddress(name: $0, address: "") }) { host in
      try await AgentSession.open(host: host.name, argv: [agent])
    }
  }

  private static func agent() throws -> String {
    let path = Products.agent
    try #require(
      FileManager.default.isExecutableFile(atPath: path), "no agent at \(path): run swift build --build-tests")
    try #require(geteuid() == 0, "needs root: the agent gives files their owner")
    return path
  }

  /// A gatekeeper whose gates stand as the test says.
  private struct Gates: Gatekeeper {
    var state: @Sendable (Gate) async -> GateState = { _ in .open }
    func check(_ gate: Gate) async -> GateState { await state(gate) }
    func condition() async -> Condition { Condition(down: []) }
  }

  private func step(
    _ id: String, host: String = "a", file: String, content: String = "new\n", needs: [String] = [],
    gate: Gate = .none, undo: Action? = nil, deadline: Int = 60
  ) -> Step {
    Step(
      id: id, title: id, phase: "test", needs: needs,
      action: .converge(host: host, resources: [.file(FileResource("\(folder)/\(file)", content: content))]),
      gate: gate, undo: undo, deadline: deadline)
  }

  private func run(
    _ steps: [Step], gates: Gates = Gates(), report: @escaping @Sendable (RolloutEvent, Rollout) -> Void = { _, _ in }
  ) async throws -> ExecutionResult {
    let rollout = Rollout(
      Plan(site: "s", steps: steps), sessions: sessions, gatekeeper: gates, journal: journal, forks: 4
    ) { "value of \($0)" }
    let result = try await rollout.run(controller: "test") { report($0, rollout) }
    await sessions.closeAll()
    return result
  }

  @Test func twoHundredAgentsAtOnce() async throws {
    defer { clean() }
    let agent = try Self.agent()
    let hosts = (0..<200).map { "host\($0)" }
    let sessions = Sessions(hosts.map { HostAddress(name: $0, address: "") }) { host in
      try await AgentSession.open(host: host.name, argv: [agent])
    }
    let steps = hosts.map { step("\($0)/file", host: $0, file: "\($0).conf") }
    let start = ContinuousClock.now
    let rollout = Rollout(
      Plan(site: "s", steps: steps), sessions: sessions, gatekeeper: Gates(), journal: journal, forks: 200
    ) { "value of \($0)" }
    let result = try await rollout.run(controller: "test") { _ in }
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    await sessions.closeAll()
    print(
      "200 agents at once: \(seconds) s, peak memory of all tests in this process \(try Self.peakMemory() >> 20) MiB")
    #expect(result.isDone && result.passed.count == 200, "\(result.failures)")
    #expect(hosts.allSatisfy { text("\($0).conf") == "new\n" })
  }

  /// Of this process, in bytes.
  private static func peakMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
    return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }) << 10
  }

  private func text(_ file: String) -> String? { try? String(contentsOfFile: "\(folder)/\(file)", encoding: .utf8) }

  private func clean() { try? FileManager.default.removeItem(atPath: folder) }

  @Test func stepsAreCarriedOutAndJournaled() async throws {
    defer { clean() }
    let result = try await run([step("one", file: "x"), step("two", host: "b", file: "y", needs: ["one"])])
    #expect(result.isDone)
    #expect(text("x") == "new\n")
    #expect(try journal.rollouts().first?.outcome == .done)
    #expect(try journal.steps(of: 1).map(\.id) == ["one", "two"])
    #expect(try journal.output(of: 1, step: "one").contains { $0.contains("changing file:") })
  }

  @Test func aSecretReachesTheHostAndNotTheJournal() async throws {
    defer { clean() }
    let content = "key = \(SecretReference.placeholder("ceph/x"))\n"
    _ = try await run([step("one", file: "x", content: content)])
    #expect(text("x") == "key = value of ceph/x\n")
    #expect(try journal.rollout(1)?.plan.contains("value of") == false)
    #expect(try journal.output(of: 1, step: "one").allSatisfy { !$0.contains("value of") })
  }

  @Test func afterAFailureNothingNewIsBegun() async throws {
    defer { clean() }
    let result = try await run([
      step("bad", file: "no/such/folder/x"), step("next", file: "y", needs: ["bad"]),
    ])
    #expect(result.failures.keys.sorted() == ["bad"])
    #expect(result.failures["bad"]?.contains("no/such/folder") == true)
    #expect(result.left == ["next"])
    #expect(text("y") == nil)
    #expect(try journal.rollouts().first?.outcome == .failed)
  }

  @Test func aShutGateTakesTheStepBack() async throws {
    defer { clean() }
    let undo = Action.converge(
      host: "a", resources: [.file(FileResource("\(folder)/x", content: "old\n"))])
    let result = try await run(
      [step("one", file: "x", gate: .healthy, undo: undo, deadline: 20)],
      gates: Gates { _ in .closed("HEALTH_WARN: it rains") })
    #expect(result.failures["one"]?.contains("it rains") == true)
    #expect(text("x") == "old\n")
    #expect(try journal.steps(of: 1).map(\.outcome) == [.undone])
  }

  @Test func aGateIsAskedUntilItOpens() async throws {
    defer { clean() }
    let looks = Mutex(0)
    let result = try await run(
      [step("one", file: "x", gate: .healthy)],
      gates: Gates { _ in
        looks.withLock { $0 += 1 }
        return looks.withLock { $0 } < 3 ? .closed("not yet") : .open
      })
    #expect(result.isDone)
    #expect(looks.withLock { $0 } == 3)
  }

  @Test func aLookThatHangsEndsWithTheDeadline() async throws {
    defer { clean() }
    let result = try await run(
      [step("one", file: "x", gate: .healthy, deadline: 20)],
      gates: Gates { _ in
        try? await Task.sleep(for: .seconds(3600))
        return .open
      })
    #expect(result.failures["one"]?.contains("nobody who was asked has answered") == true)
  }

  /// The second step on a host begins when the first one's action is done: its gate may take longer.
  @Test func aHostIsChangedByOneStepAtATime() async throws {
    defer { clean() }
    let events = Mutex<[String]>([])
    let result = try await run(
      [step("one", file: "x", gate: .healthy), step("two", file: "y"), step("three", host: "b", file: "z")],
      gates: Gates { _ in events.withLock { $0.contains("passed two") } ? .open : .closed("two is not done") }
    ) { event, _ in
      switch event {
      case .started(let step): events.withLock { $0.append("started \(step.id)") }
      case .waiting(let step, _): events.withLock { $0.append("waiting \(step.id)") }
      case .passed(let step, _): events.withLock { $0.append("passed \(step.id)") }
      default: break
      }
    }
    #expect(result.isDone)
    let told = events.withLock { $0 }
    func place(_ event: String) throws -> Int { try #require(told.firstIndex(of: event), "\(told)") }
    #expect(try place("started one") < place("started two"))
    #expect(try place("passed two") < place("passed one"), "the first step's gate keeps nobody from the host")
  }

  @Test func whatIsStoppedFinishesWhatRunsAndSaysSo() async throws {
    defer { clean() }
    let result = try await run([step("one", file: "x"), step("two", file: "y", needs: ["one"])]) { event, rollout in
      if case .started = event { rollout.stop() }
    }
    #expect(result.passed == ["one"] && result.left == ["two"] && result.failures.isEmpty)
    #expect(text("x") == "new\n" && text("y") == nil)
    #expect(try journal.rollout(1)?.outcome == .interrupted)
    #expect(try journal.rollout(1)?.finishedAt != nil)
  }

  @Test func aHostThatHangsDoesNotHangTheRollout() async throws {
    defer { clean() }
    let hang = CommandResource("hang", argv: ["sleep", "600"], unless: ["false"], timeout: 600)
    let step = Step(
      id: "hang", title: "", phase: "", action: .converge(host: "a", resources: [.command(hang)]), deadline: 1)
    let result = try await run([step])
    #expect(result.failures["hang"] == "not done within 1 s")
  }
}
