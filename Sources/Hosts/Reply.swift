import Synchronization

/// An answer that is given once, to one task that waits for it until it is cancelled.
final class Reply<Value: Sendable>: Sendable {
  private enum State {
    case open
    case awaited(CheckedContinuation<Value, any Error>)
    case given(Result<Value, any Error>)
  }

  private let state = Mutex(State.open)

  /// Whether there is an answer, or nobody who wants one any more.
  var isGiven: Bool { state.withLock { if case .given = $0 { true } else { false } } }

  /// The first one counts.
  func give(_ result: Result<Value, any Error>) {
    let waiter = state.withLock { state -> CheckedContinuation<Value, any Error>? in
      switch state {
      case .given: return nil
      case .open:
        state = .given(result)
        return nil
      case .awaited(let waiter):
        state = .given(result)
        return waiter
      }
    }
    waiter?.resume(with: result)
  }

  /// - Throws: the answer where it is an error; `CancellationError` at once where the waiting task is cancelled
  func value() async throws -> Value {
    try await withTaskCancellationHandler {
      try await withCheckedThrowingContinuation { waiter in
        let known = state.withLock { state -> Result<Value, any Error>? in
          if case .given(let result) = state { return result }
          state = .awaited(waiter)
          return nil
        }
        if let known { waiter.resume(with: known) }
      }
    } onCancel: {
      give(.failure(CancellationError()))
    }
  }
}

extension Task where Failure == any Error {
  /// As `value`, but a waiter that is cancelled waits no longer; the task goes on for the others.
  func sharedValue() async throws -> Success {
    let reply = Reply<Success>()
    Task<Void, Never> { reply.give(await result) }
    return try await reply.value()
  }
}
