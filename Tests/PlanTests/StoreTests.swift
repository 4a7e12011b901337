import Foundation
import Testing

@testable import Store

@Suite struct StoreTests {
  private func temporary() throws -> StateDirectory {
    try StateDirectory(FileManager.default.temporaryDirectory.appendingPathComponent("varde-\(UUID().uuidString)").path)
  }

  private func remove(_ directory: StateDirectory) { try? FileManager.default.removeItem(atPath: directory.path) }

  @Test func aSecretIsMadeOnceAndStays() throws {
    let directory = try temporary()
    defer { remove(directory) }
    let secrets = Secrets(try Store(directory))
    #expect(try secrets.value("a") { "first" } == "first")
    #expect(try secrets.value("a") { "second" } == "first")
    try secrets.adopt("a", value: "third")
    #expect(try Secrets(Store(directory)).existing("a") == "third")
  }

  @Test func stateIsReadableByItsOwnerOnly() throws {
    let directory = try temporary()
    defer { remove(directory) }
    _ = try Store(directory)
    for name in ["", "/state.sqlite"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: directory.path + name)
      #expect((attributes[.posixPermissions] as? Int ?? 0) & 0o077 == 0)
    }
  }

  @Test func aNewRolloutMarksWhatWasCutOff() throws {
    let directory = try temporary()
    defer { remove(directory) }
    let journal = Journal(try Store(directory))
    let first = try journal.begin(site: "s", plan: "{}", controller: "me", at: Date())
    try journal.begin(first, step: "a", title: "A", at: Date())
    try journal.output(first, step: "a", line: "hello", at: Date())
    let second = try journal.begin(site: "s", plan: "{}", controller: "me", at: Date())
    #expect(try journal.rollout(first)?.outcome == .interrupted)
    #expect(try journal.steps(of: first).map(\.outcome) == [.interrupted])
    #expect(try journal.output(of: first, step: "a") == ["hello"])
    try journal.finish(second, .done, at: Date())
    #expect(try journal.rollouts().map(\.outcome) == [.done, .interrupted])
  }

  @Test func theSecondControllerIsToldWhoHasTheLock() throws {
    let directory = try temporary()
    defer { remove(directory) }
    var first: SiteLock? = try SiteLock(directory, holder: "ada@desk, process 1")
    let refusal = #expect(throws: StoreError.self) { _ = try SiteLock(directory, holder: "bob") }
    #expect(refusal?.description.contains("ada@desk, process 1") == true)
    #expect(SiteLock.holder(directory) == "ada@desk, process 1")
    withExtendedLifetime(first) {}
    first = nil
    #expect(SiteLock.holder(directory) == nil)
    _ = try SiteLock(directory, holder: "bob")
  }
}
