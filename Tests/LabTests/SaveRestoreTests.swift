import Design
import Foundation
import Processes
import Testing

@testable import Lab

/// Saved twins on real hosts, without engines.
@Suite(.serialized, .timeLimit(.minutes(10))) struct SaveRestoreTests {
  private let site = "vardetest7"
  private let design = TestDesigns.flat("vardetest7", hosts: 2, network: 98)

  @Test func aTwinComesBackAsItWasAgainAndAgain() async throws {
    try await Twin.with(design) { twin in
      let lab = twin.lab
      try await twin.sh("h1", "echo first > /etc/kept; rm /etc/issue; echo one | dd of=/disks/vdb.img conv=notrunc")
      try Files.write("journal", to: "\(lab.stateDirectory)/state.sqlite", mode: 0o600)
      let key = try #require(Files.read(lab.paths.sshKey))
      try await lab.save(as: "vardetest7-a", siteText: "site: vardetest7\n") { _ in }
      #expect(try Twin.remains(of: site) == [], "a saved twin is no twin")
      #expect(try Lab.saved("vardetest7-a").siteText == "site: vardetest7\n")

      try await lab.restore("vardetest7-a") { _ in }
      #expect(try await look(twin) == "first\ngone\none\n")
      #expect(Files.read(lab.paths.sshKey) == key)
      #expect(Files.read("\(lab.stateDirectory)/state.sqlite") == "journal")
      let login = try await Command(["ssh", "-F", lab.sshConfig, "h1", "hostname"]).run()
      #expect(login.output == "h1\n", "\(login.error)")
      try await lab.down { _ in }
      // What a restored twin changes is its own.
      try await lab.restore("vardetest7-a") { _ in }
      try await twin.sh("h1", "echo second > /etc/kept; echo two | dd of=/disks/vdb.img conv=notrunc")
      try await lab.save(as: "vardetest7-b", siteText: "") { _ in }
      try await lab.restore("vardetest7-b") { _ in }
      #expect(try await look(twin) == "second\ngone\ntwo\n")
      #expect(try lab.host("h1").layers?.saved.count == 2)

      // The lower layer is used by the other saved twin, and both by the lab.
      try await Lab.forget("vardetest7-a")
      try await Lab.forget("vardetest7-b")
      #expect(try await look(twin) == "second\ngone\ntwo\n")
      try await lab.up { _ in }
      try await lab.reimage("h1")
      #expect(try await twin.sh("h1", "cat /etc/kept; cat /etc/issue").output.hasPrefix("Debian"))
      #expect(try await twin.sh("h1", "head -c 4 /disks/vdb.img").output == "two\n")
      let layers = try twin.lab.host("h2").layers?.saved.count
      #expect(layers == 2)
    }
    try expectNothingKept()
  }

  @Test func whatIsNotWholeIsNotSavedAndWhatIsStaleIsNotRestored() async throws {
    try await Twin.with(design) { twin in
      let lab = twin.lab
      func refuses(_ words: String, _ body: () async throws -> Void) async {
        do {
          try await body()
          Issue.record("it is not refused: \(words)")
        } catch {
          #expect("\(error)".contains(words))
        }
      }
      let save = { try await lab.save(as: "vardetest7-c", siteText: "") { _ in } }
      try await lab.fail(.silent("h1"))
      await refuses("host h1 silent", save)
      try await lab.heal(.silent("h1"))
      try await lab.fail(.off("h2"))
      await refuses("h2: off", save)
      try await lab.heal(.off("h2"))
      try await FileLock.hold("\(lab.stateDirectory)/lock", waiting: .zero, holder: "nobody") {
        await refuses("the controller at work", save)
      }
      #expect(try await lab.status().hosts.allSatisfy { $0.state == .running }, "what is refused changes nothing")

      try await save()
      await refuses("no saved twin has this name") { try await lab.restore("vardetest7-d") { _ in } }
      let grown = Lab(TestDesigns.flat(site, hosts: 3, network: 98))
      await refuses("h3 added") { try await grown.restore("vardetest7-c") { _ in } }
      #expect(try Twin.remains(of: site) == [], "what is refused leaves nothing")
      try await grown.restore("vardetest7-c", acceptingDesign: true) { _ in }
      await refuses("has a twin here") { try await lab.restore("vardetest7-c") { _ in } }
      await refuses("--replace", save)
      try await grown.up { _ in }
      #expect(try await grown.status().hosts.map(\.state) == [.running, .running, .running])
      try await grown.save(as: "vardetest7-c", siteText: "", isReplacing: true) { _ in }
      #expect(try Lab.saved("vardetest7-c").design == grown.design)
      try await Lab.forget("vardetest7-c")
    }
    try expectNothingKept()
  }

  private func look(_ twin: Twin) async throws -> String {
    try await twin.sh("h1", "cat /etc/kept; test -e /etc/issue || echo gone; head -c 4 /dev/vdb").output
  }

  private func expectNothingKept() throws {
    #expect(try Twin.remains(of: site) == [])
    let store = SavedStore(paths: LabPaths(site: site))
    #expect(store.names.filter { $0.hasPrefix("vardetest7") } == [])
    guard store.names.isEmpty else { return }
    #expect(Files.list(store.paths.layers) + Files.list(store.paths.savedData) == [])
  }
}
