import Testing

@testable import Lab

@Suite struct RecipeTests {
  private let release = "NAME=Debian\nVERSION_CODENAME=bookworm\n"
  private let list = """
    # a comment
    deb http://mirror.example/debian bookworm main contrib
    deb-src http://mirror.example/debian bookworm main
    deb [arch=amd64 signed-by=/usr/share/keyrings/debian.gpg] https://mirror.example/security bookworm-security main
    deb http://vendor.example/apt bookworm stable
    """
  private let deb822 = """
    Types: deb deb-src
    # a comment
    URIs: http://mirror.example/debian
    Suites: bookworm bookworm-updates
    Components: main
    Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

    Types: deb
    URIs: http://vendor.example/apt
    Suites: nodistro
    Components: main

    """

  private func apt(_ name: String, _ text: String, dump: String = "") throws -> AptConfiguration {
    try AptConfiguration(files: [(name: name, text: text)], dump: dump, osRelease: release)
  }

  @Test func takesDebiansOwnSourcesOfBothForms() throws {
    #expect(
      try apt("sources.list", list).sources.text == """
        deb http://mirror.example/debian bookworm main contrib
        deb [signed-by=/usr/share/keyrings/debian.gpg] http://HTTPS///mirror.example/security bookworm-security main

        """)
    #expect(
      try apt("debian.sources", deb822).sources.text == """
        deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian bookworm main
        deb [signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] http://mirror.example/debian bookworm-updates main

        """)
    #expect(throws: LabError.self) { try apt("sources.list", "deb http://vendor.example/apt bookworm stable\n") }
  }

  @Test func takesOverHowThisMachineFetches() throws {
    let dump = """
      APT::Architecture "amd64";
      Acquire::Check-Valid-Until "false";
      Acquire::Languages "";
      Acquire::Languages:: "none";
      Acquire::http::Proxy "http://proxy.example:8080";
      """
    let configuration = try apt("sources.list", list, dump: dump)
    #expect(configuration.options == ["Acquire::Check-Valid-Until \"false\";", "Acquire::Languages:: \"none\";"])
    #expect(configuration.upstreamProxy == "http://proxy.example:8080")
  }

  @Test func anImageIsKnownByAllThatGoesIntoIt() throws {
    let configuration = try apt("sources.list", list)
    let full = ImageRecipe(kind: .full, apt: configuration)
    #expect(full.key == ImageRecipe(kind: .full, apt: configuration).key)
    #expect(full.key != ImageRecipe(kind: .bare, apt: configuration).key)
    #expect(full.key != ImageRecipe(kind: .full, apt: try apt("debian.sources", deb822)).key)
    #expect(full.key.count == 16)
  }
}
