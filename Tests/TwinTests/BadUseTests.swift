import Foundation
import Testing

extension TwinTests {
  /// Wrong words end with a message that names the place and what could stand there; nothing is made.
  @Suite(.serialized, .timeLimit(.minutes(5))) struct BadUseTests {
    let site: TestSite

    init() async throws {
      site = try TestSite.badUse()
      try await site.begin()
    }

    @Test func unknownHostsAndFaultsAreNamed() async throws {
      let hosts = "h1, h2, h3"
      try await expect(["lab", "exec", site.file, "h9", "--", "true"], 2, says: "h9", hosts)
      try await expect(["lab", "fail", site.file, "host", "h9", "off"], 2, says: "h9", hosts)
      try await expect(["lab", "fail", site.file, "host", "h1", "sad"], says: "sad", "off, frozen or silent")
      try await expect(["lab", "fail", site.file, "nonsense"], says: "nonsense", "host NODE off")
      try await expect(["lab", "fail", site.file, "disk", "h1", "slow", "3"], says: "3", "1MiB")
      try await expect(["lab", "heal", site.file, "link", "h1", "h2", "down"], says: "no such link")
    }

    @Test func missingFilesAndBadOptionsAreInvalidInput() async throws {
      let missing = "\(site.file).missing"
      try await expect(["apply", missing], 2, says: missing, "varde init")
      try await expect(["apply", "\(missing).json", "--site", site.file], 2, says: missing, "varde plan --out")
      try await expect(["apply", "\(missing).json"], 2, says: "--site")
      try await expect(["plan", "--twin", "--forks", "0", site.file], 2, says: "--forks", "at least 1")
      try await expect(["plan", "--twin", "--ssh-config", "x", site.file], 2, says: "--twin")
      try await expect(["lab", "up", "--image", "empty", site.file], 2, says: "empty", "bare")
      try await expect(["status", "--wait", "long", "--twin", site.file], 2, says: "long")
      try await expect(["frobnicate"], 2, says: "frobnicate")
    }

    @Test func aTwinThatIsNotThereIsNamed() async throws {
      for verb in ["plan", "apply", "status", "drift", "history"] {
        try await expect([verb, "--twin", site.file], 2, says: site.name, "varde lab up")
      }
      try await expect(["lab", "exec", site.file, "h1", "--", "true"], 2, says: site.name, "lab up")
      try await expect(["lab", "fail", site.file, "host", "h1", "off"], 2, says: site.name, "lab up")
      try await expect(["lab", "heal", site.file, "host", "h1", "off"], 2, says: site.name, "lab up")
      try await expect(["lab", "status", site.file], 2, says: site.name, "lab up")
      try Leftovers.expectNone(of: site.name)
    }

    /// - Parameter status: 1 or 2, where none is given
    private func expect(_ arguments: [String], _ status: Int? = nil, says words: String...) async throws {
      let run = try await Varde.run(arguments, within: .seconds(20))
      #expect(status.map { run.status == $0 } ?? [1, 2].contains(run.status), "\(run)")
      for word in words { #expect(run.error.contains(word), "\(word) is missing in: \(run)") }
    }
  }
}
