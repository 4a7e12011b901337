import FoundationEssentials
import Synchronization

/// All that an operator or a journal could have seen.
final class Heard: Sendable {
  private let all = Mutex("")

  func add(_ something: some Sendable) { all.withLock { $0 += "\(something)\n" } }

  var words: String { all.withLock { $0 } }
}

/// The dead whom this machine's init has not buried yet do not count.
func processExists(_ pid: Int32) -> Bool {
  guard let status = try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8) else { return false }
  return !status.contains("State:\tZ") && !status.contains("State:\tX")
}
