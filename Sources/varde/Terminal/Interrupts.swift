@preconcurrency import Dispatch
import Foundation
import Synchronization

/// Ctrl-C (SIGINT), and how a service manager or a pipeline asks for an end (SIGTERM), taken by a handler for as long
/// as this lives.
final class Interrupts: Sendable {
  private let sources: [any DispatchSourceSignal]
  private let first = Mutex<Int32?>(nil)

  /// The first of the signals that came; `nil`: none.
  var signal: Int32? { first.withLock { $0 } }

  /// - Parameter handle: gets the signal, and whether it is not the first one
  init(_ handle: @escaping @Sendable (_ signal: Int32, _ again: Bool) -> Void) {
    sources = [SIGINT, SIGTERM].map { number in
      // The source tells of it; what the kernel would do besides is left out.
      Foundation.signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: .global())
    }
    for (number, source) in zip([SIGINT, SIGTERM], sources) {
      source.setEventHandler { [weak self] in
        guard let self else { return }
        handle(number, isAgain(number))
      }
      source.resume()
    }
  }

  private func isAgain(_ number: Int32) -> Bool {
    first.withLock { known in
      defer { known = known ?? number }
      return known != nil
    }
  }

  deinit {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { Foundation.signal(number, SIG_DFL) }
  }
}
