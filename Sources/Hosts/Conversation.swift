import HostProtocol
import Subprocess

/// What is said over the streams of one process: the delivery, then request after request.
actor Conversation {
  private let delivery: Delivery?
  private var input: StandardInputWriter?
  /// Asked, but the answer has not come. Still set where the conversation broke off.
  private(set) var unanswered: AgentJob?
  /// What broke it off, where it is known here.
  private var breach: String?
  private var errors = LastLines()
  private var watch: Task<Void, any Error>?

  init(delivery: Delivery?) { self.delivery = delivery }

  /// Until the queue ends or the process does.
  func serve(
    _ queue: AsyncStream<AgentJob>, _ input: StandardInputWriter, _ output: SubprocessOutputSequence,
    kill: @escaping @Sendable () -> Void
  ) async {
    self.input = input
    var incoming = Incoming(output)
    var isDelivered = delivery == nil
    for await job in queue {
      // Nobody waits for it any more.
      guard !job.reply.isGiven else { continue }
      unanswered = job
      expectAnswer(within: job.limit, kill)
      defer { watch?.cancel() }
      do {
        if let delivery, !isDelivered, try await delivery.isAsked(&incoming, isolation: self) {
          expectAnswer(within: Delivery.limit, kill)
          try await delivery.send(input, &incoming, isolation: self)
          expectAnswer(within: job.limit, kill)
        }
        isDelivered = true
        try await answer(job, input, &incoming, kill)
      } catch {
        breach = breach ?? (error as? FrameError)?.description ?? (error as? Breach)?.words
        return kill()
      }
    }
  }

  /// Breaks the conversation off when the time is up; it counts from the last call.
  private func expectAnswer(within limit: Duration?, _ kill: @escaping @Sendable () -> Void) {
    watch?.cancel()
    watch = limit.map { limit in
      Task {
        try await Task.sleep(for: limit)
        breach = "no answer within \(limit)"
        kill()
      }
    }
  }

  private func answer(
    _ job: AgentJob, _ input: StandardInputWriter, _ incoming: inout Incoming, _ kill: @escaping @Sendable () -> Void
  ) async throws {
    _ = try await input.write(job.frame)
    while let payload = try await incoming.frame(isolation: self) {
      let response = try Wire.message(Response.self, of: payload)
      if case .event(let event) = response {
        job.progress?(event)
        expectAnswer(within: job.limit, kill)
      } else {
        unanswered = nil
        return job.reply.give(.success(response))
      }
    }
    throw Breach.noAnswer
  }

  func listen(to stream: SubprocessOutputSequence) async {
    do {
      for try await piece in stream { piece.withUnsafeBytes { errors.append($0) } }
    } catch {
      // The process has ended: what it said until then is there.
    }
  }

  /// Whether the agent has this request and has not answered it.
  func isServing(_ job: AgentJob) -> Bool { unanswered?.reply === job.reply }

  func hangUp() async { try? await input?.finish() }

  /// In the words of what knows best: this side, then the program's own errors, then its end.
  func reason(program: String, ended: String) -> String {
    let words = errors.text
    switch (breach, words.isEmpty) {
    case (let breach?, true): return breach
    case (let breach?, false): return "\(breach): \(words)"
    case (nil, false): return words
    case (nil, true): return "\(program) ended (\(ended))"
    }
  }
}
