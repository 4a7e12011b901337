import FoundationEssentials
import HostProtocol
import Hosts
import Testing

@Suite struct AgentSessionTests {
  @Test func tellsFacts() async throws {
    try await LocalAgent.with { agent async throws in
      let facts = agent.session.facts
      #expect(facts.cores > 0)
      #expect(facts.memory > 0)
      #expect(facts.uptime > 0)
      #expect(!facts.hostname.isEmpty && !facts.kernel.isEmpty && !facts.debian.isEmpty)
    }
  }

  @Test func runsCommands() async throws {
    try await LocalAgent.with { agent async throws in
      let cat = try await agent.session.run(CommandRequest(["sh", "-c", "cat; echo e >&2; exit 3"], input: "in"))
      #expect(cat == CommandResult(status: 3, output: "in", error: "e\n"))
      #expect(try await agent.session.run(CommandRequest(["sleep", "60"], timeout: 1)).status == 124)
      #expect(try await agent.session.run(CommandRequest(["/no/such"])).status == 127)
      #expect(try await agent.session.run(CommandRequest(["sh", "-c", "kill -9 $$"])).status == 137)
    }
  }

  @Test func carriesMegabytesBothWays() async throws {
    try await LocalAgent.with { agent async throws in
      let input = String(repeating: "0123456789abcde\n", count: 1 << 19)
      let result = try await agent.session.run(CommandRequest(["cat"], input: input))
      #expect(result.output == input)
    }
  }

  @Test func refusesAnAnswerThatIsTooLong() async throws {
    try await LocalAgent.with { agent async throws in
      let flood = CommandRequest(["head", "-c", "\(33 << 20)", "/dev/zero"])
      await #expect(throws: HostError.self) { try await agent.session.run(flood) }
      #expect(try await agent.session.run(CommandRequest(["true"])).status == 0)
    }
  }

  @Test func readsTheBeginningOfFiles() async throws {
    try await LocalAgent.with { agent async throws in
      let contents = try await agent.session.read(["/proc/self/comm", "/no/such", "/dev/zero"], limit: 5)
      #expect(contents == [Array("varde".utf8), nil, [0, 0, 0, 0, 0]])
    }
  }

  @Test func answersManyTasksInTurn() async throws {
    try await LocalAgent.with { agent async throws in
      let answers = try await Array(0..<50).concurrentMap(limit: 50) { number in
        try await agent.session.run(CommandRequest(["echo", "\(number)"])).output
      }
      #expect(answers == (0..<50).map { "\($0)\n" })
    }
  }

  @Test func theEndOfTheSessionEndsItsCommand() async throws {
    try await LocalAgent.with { agent async throws in
      let marker = "\(agent.directory)/pid"
      let running = Task {
        try await agent.session.run(
          CommandRequest(["sh", "-c", "echo $$ > \(marker); sleep 600 & wait"], timeout: 900))
      }
      try await until("the command runs") { try agent.exists("pid") && !agent.text("pid").isEmpty }
      let pid = try #require(Int32(try agent.text("pid").dropLast()))
      running.cancel()
      await #expect(throws: CancellationError.self) { try await running.value }
      await agent.session.close()
      #expect(!processExists(pid))
      await #expect(throws: HostError.self) { try await agent.session.run(CommandRequest(["true"])) }
    }
  }

  @Test func aRequestThatIsCancelledInTheQueueLeavesTheSessionAlone() async throws {
    try await LocalAgent.with { agent async throws in
      let marker = "\(agent.directory)/go"
      let running = Task {
        let wait = "touch \(agent.directory)/begun; until [ -e \(marker) ]; do sleep 0.01; done; echo done"
        return try await agent.session.run(CommandRequest(["sh", "-c", wait])).output
      }
      try await until("the command runs") { agent.exists("begun") }
      let queued = Task { try await agent.session.run(CommandRequest(["touch", "\(agent.directory)/queued"])) }
      queued.cancel()
      // At once: the agent is still at work on the first.
      await #expect(throws: CancellationError.self) { try await queued.value }
      #expect(FileManager.default.createFile(atPath: marker, contents: nil))
      #expect(try await running.value == "done\n")
      #expect(try await agent.session.run(CommandRequest(["true"])).status == 0)
      #expect(!agent.exists("queued"))
    }
  }

  @Test func aProgramThatIsNoAgentIsAnErrorWithItsWords() async throws {
    await #expect { try await AgentSession.open(host: "h", argv: ["sh", "-c", "echo sorry >&2; exit 4"]) } throws: {
      "\($0)".contains("sorry")
    }
    await #expect {
      try await AgentSession.open(host: "h", argv: ["sh", "-c", "echo Welcome to this host; cat"])
    } throws: {
      "\($0)".contains("message of")
    }
    await #expect(throws: HostError.self) { try await AgentSession.open(host: "h", argv: ["/no/such/program"]) }
  }

  @Test func mapsInOrderAndNeverMoreThanTheLimit() async {
    let gauge = Gauge()
    let doubled = await Array(0..<100).concurrentMap(limit: 7) { number in
      await gauge.enter()
      await Task.yield()
      await gauge.leave()
      return number * 2
    }
    #expect(doubled == (0..<100).map { $0 * 2 })
    #expect(await gauge.most <= 7)
  }
}

private actor Gauge {
  private var now = 0
  private(set) var most = 0

  func enter() {
    now += 1
    most = max(most, now)
  }

  func leave() { now -= 1 }
}
