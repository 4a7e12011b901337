/// Does something with every element, several at once.
///
/// - Throws: The first error; what runs then is cancelled.
func concurrently<Element: Sendable>(
  _ elements: [Element], atMost width: Int, _ body: @escaping @Sendable (Element) async throws -> Void
) async throws {
  _ = try await collecting(elements, atMost: width, body)
}

/// As `concurrently`, with what it gives for each element, in any order.
func collecting<Element: Sendable, Value: Sendable>(
  _ elements: [Element], atMost width: Int, _ body: @escaping @Sendable (Element) async throws -> Value
) async throws -> [Value] {
  try await withThrowingTaskGroup(of: Value.self) { group in
    var values: [Value] = []
    for (index, element) in elements.enumerated() {
      if index >= width, let value = try await group.next() { values.append(value) }
      group.addTask { try await body(element) }
    }
    for try await value in group { values.append(value) }
    return values
  }
}
