import Debian
import Testing

@Suite struct UpstreamVersionTests {
  @Test func theNumbersAreTheAuthors() throws {
    func numbers(_ version: String) -> [Int]? { UpstreamVersion(version)?.numbers }
    #expect(numbers("16.2.15+ds-0+deb12u2") == [16, 2, 15])
    #expect(numbers("1:2.36-9") == [2, 36])
    #expect(numbers("18.2") == [18, 2])
    #expect(numbers("none") == nil && numbers("") == nil)
  }

  @Test func laterIsLater() throws {
    let versions = try ["9.9", "16.2", "16.2.15", "18.2", "18.2.7", "18.10"].map { try #require(UpstreamVersion($0)) }
    for (a, b) in zip(versions, versions.dropFirst()) { #expect(a < b && !(b < a)) }
  }
}

@Suite struct AptSourcesTests {
  private let bookworm = AptSources(
    files: [
      (
        name: "sources.list",
        text: """
        deb http://mirror.example/debian bookworm main
        deb [signed-by=/usr/share/keyrings/debian.gpg] http://mirror.example/security bookworm-security main

        """
      )
    ], codename: "bookworm")

  @Test func anotherReleaseComesFromTheSameMirrors() {
    #expect(
      bookworm.of(suite: "trixie", insteadOf: "bookworm").text == """
        deb http://mirror.example/debian trixie main
        deb [signed-by=/usr/share/keyrings/debian.gpg] http://mirror.example/security trixie-security main

        """)
  }

  @Test func theUnstableOneHasNoSecurity() {
    #expect(
      bookworm.of(suite: "sid", insteadOf: "bookworm").text == "deb http://mirror.example/debian sid main\n")
  }
}
