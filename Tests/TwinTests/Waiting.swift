/// Looks again until there is something.
///
/// - Throws: `Unmet` where nothing came in time
func wait<Value>(
  for what: String, within limit: Duration, every interval: Duration = .milliseconds(20),
  _ look: () async throws -> Value?
) async throws -> Value {
  let deadline = ContinuousClock.now + limit
  while ContinuousClock.now < deadline {
    if let value = try await look() { return value }
    try await Task.sleep(for: interval)
  }
  throw Unmet("waited \(limit) in vain: \(what)")
}
