import Glibc
import HostProtocol
import Subprocess
import Synchronization

/// The queue of requests to one agent, and the task that serves it for as long as the process lives.
final class AgentLine: Sendable {
  private let host: String
  private let jobs: AsyncStream<AgentJob>.Continuation
  private let conversation: Conversation
  private let task: Task<Void, Never>
  private let ended = EndMark()

  /// Whether requests may still be answered.
  var isOpen: Bool { !ended.isSet }

  init(host: String, argv: [String], delivery: Delivery?) {
    _ = Self.ignoresBrokenPipes
    let (queue, jobs) = AsyncStream.makeStream(of: AgentJob.self)
    let conversation = Conversation(delivery: delivery)
    (self.host, self.jobs, self.conversation) = (host, jobs, conversation)
    task = Task { [ended] in
      let reason = await Self.serve(queue, conversation, argv)
      ended.set()
      jobs.finish()
      let error = HostError(host: host, message: reason)
      await conversation.unanswered?.reply.give(.failure(error))
      // What came in too late to be served.
      for await job in queue { job.reply.give(.failure(error)) }
    }
  }

  /// A write to a process that has ended is to be an error, not the controller's death.
  private static let ignoresBrokenPipes: Void = { signal(SIGPIPE, SIG_IGN) }()

  /// A request whose task is cancelled while it waits its turn is forgotten. One that the agent is at work on can only be
  /// stopped by ending the session.
  ///
  /// - Parameter limit: counts from when the agent gets the request, and anew from each of its events
  /// - Throws: `HostError`; `CancellationError` at once, whatever the agent does
  func ask(
    _ request: Request, within limit: Duration?, progress: (@Sendable (Event) -> Void)? = nil
  ) async throws -> Response {
    let frame: [UInt8]
    do {
      frame = try Wire.frame(request)
    } catch {
      throw HostError(host: host, message: "the request is \(error)")
    }
    let job = AgentJob(frame: frame, limit: limit, progress: progress)
    if case .terminated = jobs.yield(job) {
      job.reply.give(.failure(HostError(host: host, message: "the session is closed")))
    }
    do {
      return try await job.reply.value()
    } catch let cancellation as CancellationError {
      if await conversation.isServing(job) {
        ended.set()
        Task { await close() }
      }
      throw cancellation
    }
  }

  /// Ends the process's input, which ends the agent; kills a process that lives on.
  func close() async {
    ended.set()
    jobs.finish()
    await conversation.hangUp()
    let killing = Task {
      try await Task.sleep(for: .seconds(5))
      task.cancel()
    }
    await task.value
    killing.cancel()
  }

  /// Why it ended.
  private static func serve(
    _ queue: AsyncStream<AgentJob>, _ conversation: Conversation, _ argv: [String]
  ) async -> String {
    guard let program = argv.first else { return "no program to start" }
    do {
      // In a session of its own: Ctrl-C on the terminal is for the controller, which ends its connections in order.
      var platform = PlatformOptions()
      platform.createSession = true
      let result = try await Subprocess.run(
        program.contains("/") ? .path(.init(program)) : .name(program), arguments: Arguments(Array(argv.dropFirst())),
        platformOptions: platform, input: .inputWriter, output: .sequence, error: .sequence
      ) { execution in
        async let errors: Void = conversation.listen(to: execution.standardError)
        await conversation.serve(queue, execution.standardInputWriter, execution.standardOutput) {
          try? execution.send(signal: .kill)
        }
        try? await execution.standardInputWriter.finish()
        await errors
      }
      return await conversation.reason(program: program, ended: "\(result.terminationStatus)")
    } catch {
      return await conversation.reason(program: program, ended: "\(error)")
    }
  }
}

/// Set once, read by any task.
private final class EndMark: Sendable {
  private let mark = Mutex(false)

  var isSet: Bool { mark.withLock { $0 } }

  func set() { mark.withLock { $0 = true } }
}

/// A request, and who waits for its answer.
struct AgentJob: Sendable {
  var frame: [UInt8]
  var limit: Duration?
  var progress: (@Sendable (Event) -> Void)?
  let reply = Reply<Response>()
}
