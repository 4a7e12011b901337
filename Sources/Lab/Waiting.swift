/// Polls until a condition holds.
///
/// - Parameters:
///   - place: What is waited for, for the error: a host's name.
///   - what: The condition in words: `"sshd answers"`.
///   - hint: Where to look when it does not come true.
/// - Throws: `LabError` when the time is over; whatever the condition throws.
func wait<Value: Sendable>(
  _ place: String, for what: String, within limit: Duration, every pause: Duration = .milliseconds(50),
  hint: String = "", until condition: () async throws -> Value?
) async throws -> Value {
  let clock = ContinuousClock()
  let end = clock.now + limit
  while true {
    if let value = try await condition() { return value }
    guard clock.now < end else { throw LabError(place, "waited \(limit) in vain until \(what)\(hint)") }
    try await clock.sleep(for: pause)
  }
}
