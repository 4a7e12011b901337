import Foundation

/// Reads the command lines and environments of all processes every 50 ms while something happens.
enum ProcessSampler {
  /// - Returns: the value, and every text that was seen
  static func during<Value: Sendable>(
    _ body: @Sendable () async throws -> Value
  ) async throws -> (value: Value, seen: Set<String>) {
    let sampling = Task.detached {
      var seen: Set<String> = []
      var looks: [Int32: Int] = [:]
      while !Task.isCancelled {
        for pid in RunningProcess.pids {
          looks[pid, default: 0] += 1
          // A young process may become another program any moment; an old one is looked at once a second.
          guard looks[pid, default: 0] <= 5 || looks[pid, default: 0].isMultiple(of: 20) else { continue }
          seen.insert(RunningProcess.text(pid, "cmdline"))
          seen.insert(RunningProcess.text(pid, "environ"))
        }
        try? await Task.sleep(for: .milliseconds(50))
      }
      return seen
    }
    do {
      let value = try await body()
      sampling.cancel()
      return (value, await sampling.value)
    } catch {
      sampling.cancel()
      throw error
    }
  }
}
