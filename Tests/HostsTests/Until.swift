import Testing

/// Waits until something is so.
///
/// - Throws: `Unmet` where it does not come to be within a minute
func until(_ what: String, _ isSo: () throws -> Bool) async throws {
  let deadline = ContinuousClock.now + .seconds(60)
  while try !isSo() {
    guard ContinuousClock.now < deadline else { throw Unmet(description: "waited a minute in vain: \(what)") }
    try await Task.sleep(for: .milliseconds(5))
  }
}

struct Unmet: Error, CustomStringConvertible {
  var description: String
}
