/// Does something with every element, several at once.
///
/// - Throws: The first error; what runs then is cancelled.
func concurrently<Element: Sendable>(
  _ elements: [Element], atMost width: Int, _ body: @escaping @Sendable (Element) async throws -> Void
) async throws {
  try await withThrowingTaskGroup(of: Void.self) { group in
    for (index, element) in elements.enumerated() {
      if index >= width { try await group.next() }
      group.addTask { try await body(element) }
    }
    try await group.waitForAll()
  }
}
