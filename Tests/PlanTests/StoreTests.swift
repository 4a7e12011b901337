import Foundation
import Testing

@testable import Store

@Suite struct StoreTests {
  private func temporary() -> StateDirectory {
    StateDirectory(FileManager.default.temporaryDirectory.appendingPathComponent("varde-\(UUID().uuidString)").path)
  }

  private func remove(_ directory: StateDirectory) { try? FileManager.default.removeItem(atPath: directory.path) }

  @Test func aSecretIsMadeOnceAndStays() throws {
    let directory = temporary()
    defer { remove(directory) }
    let secrets = Secrets(try Store(directory))
    #expect(try secrets.value("a") { "first" } == "first")
    #expect(try secrets.value("a") { "second" } == "first")
    try secrets.adopt("a", value: "third")
    #expect(try secrets.value("a") { "fourth" } == "third")
    #expect(try Secrets(Store(directory)).existing("a") == nil, "nothing is written before it is to be kept")
    try secrets.keep()
    #expect(try Secrets(Store(directory)).existing("a") == "third")
  }

  @Test func lookingMakesNothingAndWritesNothing() throws {
    let directory = temporary()
    defer { remove(directory) }
    let looking = try Store(lookingAt: directory)
    #expect(try KnownNodes(looking).all.isEmpty && Journal(looking).rollouts().isEmpty)
    #expect(SiteLock.holder(directory) == nil)
    #expect(!FileManager.default.fileExists(atPath: directory.path))

    let store = try Store(directory)
    try KnownNodes(store).add(["a1": "198.18.0.11"])
    let again = try Store(lookingAt: directory)
    #expect(try KnownNodes(again).all == ["a1": "198.18.0.11"])
    #expect(throws: StoreError.self) { try KnownNodes(again).add(["a2": "198.18.0.12"]) }
  }

  /// A store may hold more than one site, as when several controllers share it.
  @Test func aRolloutOfSomebodyElseGoesOn() throws {
    let directory = temporary()
    defer { remove(directory) }
    let journal = Journal(try Store(directory))
    let theirs = try journal.begin(site: "theirs", plan: "{}", controller: "ada", at: Date())
    try journal.begin(theirs, step: "a", title: "A", at: Date())
    let ours = try journal.begin(site: "ours", plan: "{}", controller: "bob", at: Date())
    try journal.begin(ours, step: "b", title: "B", at: Date())
    #expect(try journal.rollout(theirs)?.outcome == .running)
    #expect(try journal.steps(of: theirs).map(\.outcome) == [.running])
    try journal.interrupt(by: "bob", at: Date())
    #expect(try journal.rollout(theirs)?.outcome == .running)
    #expect(try journal.steps(of: theirs).map(\.outcome) == [.running])
    #expect(try journal.rollout(ours)?.outcome == .interrupted)
    #expect(try journal.steps(of: ours).map(\.outcome) == [.interrupted])
  }

  @Test func stateIsReadableByItsOwnerOnly() throws {
    let directory = temporary()
    defer { remove(directory) }
    _ = try Store(directory)
    for name in ["", "/state.sqlite"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: directory.path + name)
      #expect((attributes[.posixPermissions] as? Int ?? 0) & 0o077 == 0)
    }
  }

  @Test func aNewRolloutMarksWhatWasCutOff() throws {
    let directory = temporary()
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
    let directory = temporary()
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
