import FoundationEssentials
import Glibc
import HostProtocol
import Hosts
import Testing

/// Two sessions that want to change one host.
@Suite struct ClaimTests {
  private let folder = FileManager.default.temporaryDirectory.appending(path: "varde-\(UUID())").path

  init() throws { try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true) }

  private func open(
    _ controller: String, state: String, host: String = "a1", patience: Int = 20,
    notice: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws -> AgentSession {
    try await AgentSession.open(
      host: host, argv: [LocalAgent.path, "--lock", "\(folder)/lock", "\(patience)"],
      claim: Claim(controller: controller, state: state, host: host), notice: notice)
  }

  private func clean() { try? FileManager.default.removeItem(atPath: folder) }

  /// Starts a command that never ends, and returns its process.
  private func hang(_ session: AgentSession) async throws -> (Int32, Task<CommandResult, any Error>) {
    let file = "\(folder)/pid"
    // A session and a process group of its own: only its mark leads to it.
    let script = "setsid sh -c 'echo $$ > \(file).new; mv \(file).new \(file); exec sleep 600' & wait"
    let running = Task { try await session.run(CommandRequest(["sh", "-c", script], timeout: 900)) }
    try await until("the command runs") { FileManager.default.fileExists(atPath: file) }
    let text = try String(contentsOfFile: file, encoding: .utf8)
    return (try #require(Int32(text.dropLast())), running)
  }

  @Test func theSecondControllerIsToldWhoIsAtWork() async throws {
    defer { clean() }
    let first = try await open("ada@desk, process 1", state: "ada")
    await #expect { _ = try await open("bob@desk, process 2", state: "bob", patience: 0) } throws: {
      "\($0)".contains("a1: another controller is at work on this host: ada@desk, process 1")
    }
    await first.close()
    let second = try await open("bob@desk, process 2", state: "bob", patience: 0)
    await second.close()
  }

  @Test func theSecondControllerWaitsForTheFirstOne() async throws {
    defer { clean() }
    let first = try await open("ada", state: "ada")
    let heard = Heard()
    let second = Task { try await open("bob", state: "bob") { heard.add($0) } }
    try await until("it says whom it waits for") { !heard.words.isEmpty }
    #expect(heard.words.contains("waiting for another controller: ada"))
    await first.close()
    let session = try await second.value
    #expect(try await session.run(CommandRequest(["true"])).status == 0)
    await session.close()
  }

  @Test func aLostSessionOfTheSameStateGivesWayWithItsCommands() async throws {
    defer { clean() }
    let lost = try await open("ada, process 1", state: "ada")
    let (process, running) = try await hang(lost)
    #expect(processExists(process))
    let next = try await open("ada, process 2", state: "ada", patience: 5)
    await #expect(throws: HostError.self) { try await running.value }
    #expect(!processExists(process))
    await lost.close()
    await next.close()
  }

  @Test func whatHasLeftItsProcessGroupEndsWithTheSession() async throws {
    defer { clean() }
    let session = try await open("ada", state: "ada")
    let (process, running) = try await hang(session)
    await session.close()
    await #expect(throws: HostError.self) { try await running.value }
    // The lock is free when the agent has ended all that it began.
    let next = try await open("bob", state: "bob")
    #expect(!processExists(process))
    await next.close()
  }

  @Test func whatAKilledAgentLeftRunningIsEnded() async throws {
    defer { clean() }
    let killed = try await open("ada", state: "ada")
    let (process, running) = try await hang(killed)
    struct Holder: Decodable { var agent: Int32 }
    let lock = try Data(contentsOf: URL(filePath: "\(folder)/lock"))
    kill(try JSONDecoder().decode(Holder.self, from: lock).agent, SIGKILL)
    await #expect(throws: HostError.self) { try await running.value }
    await killed.close()
    #expect(processExists(process), "nobody has ended it yet")
    let next = try await open("bob", state: "bob", patience: 0)
    #expect(!processExists(process))
    await next.close()
    #expect(try Data(contentsOf: URL(filePath: "\(folder)/lock")).isEmpty)
  }

  /// Packages that are half installed may cost the host its sshd.
  @Test func packagesAreInstalledToTheEndThoughTheSessionIsLost() async throws {
    defer { clean() }
    let lost = try await open("ada, process 1", state: "ada")
    // By its name it is a dpkg.
    try FileManager.default.copyItem(atPath: "/bin/sleep", toPath: "\(folder)/dpkg")
    let script = """
      \(folder)/dpkg 3 & until grep -qx dpkg /proc/$!/comm; do :; done
      touch \(folder)/begun; wait $! && touch \(folder)/whole
      """
    let running = Task { try await lost.run(CommandRequest(["sh", "-c", script], timeout: 900)) }
    try await until("it has begun") { FileManager.default.fileExists(atPath: "\(folder)/begun") }
    let closing = Task { await lost.close() }
    let heard = Heard()
    let next = try await open("ada, process 2", state: "ada", patience: 0) { heard.add($0) }
    #expect(FileManager.default.fileExists(atPath: "\(folder)/whole"))
    #expect(heard.words.contains("waiting until the packages are installed"), "\(heard.words)")
    await closing.value
    await #expect(throws: HostError.self) { try await running.value }
    await next.close()
  }

  @Test func twoNamesOfOneMachineAreNamed() async throws {
    defer { clean() }
    let first = try await open("ada", state: "ada", host: "a1")
    await #expect { _ = try await open("ada", state: "ada", host: "a2") } throws: {
      "\($0)".contains("a2: is the same machine as a1")
    }
    await first.close()
  }
}
