import Testing

/// A suite on a twin of its own: made before its first test, taken down after its last one, whatever happens. So suites
/// share no state and no order, and each may break its twin.
struct OnTwin: SuiteTrait, TestScoping {
  /// How the twin is when the first test begins.
  enum Start: Sendable {
    /// Not there.
    case none
    /// Its hosts run, and nothing has been rolled out.
    case up
    /// Converged and well: restored; made and kept, where it is not kept or stale.
    case restored
  }

  let start: Start
  let sites: @Sendable () throws -> [TestSite]

  func provideScope(
    for test: Test, testCase: Test.Case?, performing tests: @Sendable () async throws -> Void
  ) async throws {
    let sites = try sites()
    do {
      for site in sites {
        switch start {
        case .none: try await site.begin()
        case .up: try await site.up()
        case .restored: try await site.restore()
        }
      }
      try await tests()
    } catch {
      for site in sites { _ = try? await site.lab("down") }
      throw error
    }
    for site in sites { try await site.end() }
  }
}

extension Trait where Self == OnTwin {
  static func onTwin(_ start: OnTwin.Start, of site: @escaping @Sendable () throws -> TestSite) -> OnTwin {
    OnTwin(start: start) { [try site()] }
  }
}
