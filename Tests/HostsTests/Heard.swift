import Glibc
import Synchronization

/// All that an operator or a journal could have seen.
final class Heard: Sendable {
  private let all = Mutex("")

  func add(_ something: some Sendable) { all.withLock { $0 += "\(something)\n" } }

  var words: String { all.withLock { $0 } }
}

func processExists(_ pid: Int32) -> Bool { kill(pid, 0) == 0 }
