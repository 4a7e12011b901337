extension Sequence where Element: Sendable {
  /// The results of `transform` in the order of the elements, at most `limit` of them under way at once.
  ///
  /// - Parameter limit: at least 1; less counts as 1
  /// - Throws: the first error; the rest is then cancelled
  public func concurrentMap<Result: Sendable>(
    limit: Int, _ transform: @escaping @Sendable (Element) async throws -> Result
  ) async rethrows -> [Result] {
    try await withThrowingTaskGroup(of: (Int, Result).self) { group in
      var results: [Int: Result] = [:]
      for (index, element) in enumerated() {
        if index >= Swift.max(1, limit), let (done, result) = try await group.next() { results[done] = result }
        group.addTask { (index, try await transform(element)) }
      }
      for try await (done, result) in group { results[done] = result }
      return results.sorted { $0.key < $1.key }.map(\.value)
    }
  }
}
