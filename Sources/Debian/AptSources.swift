/// A machine's package sources of Debian itself.
public struct AptSources: Sendable, Hashable {
  public struct Source: Sendable, Hashable {
    public var uri: String
    public var suite: String
    public var components: [String]
    /// A key ring's path.
    public var signedBy: String?
  }

  public var sources: [Source]

  /// The release of Debian that `/etc/os-release` names: `bookworm`.
  public static func codename(osRelease: String) -> String? {
    let key = "VERSION_CODENAME="
    return osRelease.split(separator: "\n").first { $0.hasPrefix(key) }.map { String($0.dropFirst(key.count)) }
  }

  /// - Parameters:
  ///   - files: Texts of `/etc/apt/sources.list` and of the files in `sources.list.d`, by name.
  ///   - codename: `bookworm`; sources of other suites and of other vendors (whose components have no `main`) stay out.
  public init(files: [(name: String, text: String)], codename: String) {
    let suites = [codename, "\(codename)-updates", "\(codename)-security"]
    sources = files.flatMap { $0.name.hasSuffix(".sources") ? Self.deb822($0.text) : Self.oneLine($0.text) }
      .filter { suites.contains($0.suite) && $0.components.contains("main") }
  }

  /// As lines of a `sources.list`.
  public var text: String {
    sources.map { source in
      let options = source.signedBy.map { "[signed-by=\($0)] " } ?? ""
      return "deb \(options)\(source.uri) \(source.suite) \(source.components.joined(separator: " "))\n"
    }.joined()
  }

  /// The same mirrors' sources of another release. The unstable one has neither updates nor security ones.
  ///
  /// - Parameters:
  ///   - codename: of the sources that are here: `bookworm`
  ///   - suite: `trixie`
  public func of(suite: String, insteadOf codename: String) -> AptSources {
    var others = self
    others.sources = sources.compactMap { source in
      var source = source
      let part = source.suite.dropFirst(codename.count)
      guard part.isEmpty || suite != "sid" else { return nil }
      source.suite = suite + part
      return source
    }
    return others
  }

  private static func oneLine(_ text: String) -> [Source] {
    text.split(separator: "\n").compactMap { line in
      var words = line.split(whereSeparator: \.isWhitespace).map(String.init)
      guard words.first == "deb" else { return nil }
      words.removeFirst()
      var options: [String] = []
      if words.first?.hasPrefix("[") == true, let end = words.firstIndex(where: { $0.hasSuffix("]") }) {
        options = words[...end].map { $0.filter { $0 != "[" && $0 != "]" } }
        words.removeFirst(end + 1)
      }
      guard words.count > 2 else { return nil }
      let signedBy = options.first { $0.hasPrefix("signed-by=/") }.map { String($0.dropFirst(10)) }
      return Source(uri: words[0], suite: words[1], components: Array(words[2...]), signedBy: signedBy)
    }
  }

  private static func deb822(_ text: String) -> [Source] {
    var stanzas: [[String: String]] = [[:]]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
      if line.allSatisfy(\.isWhitespace) { stanzas.append([:]) }
      guard let first = line.first, first != "#", !first.isWhitespace, let colon = line.firstIndex(of: ":") else {
        continue
      }
      let value = line[line.index(after: colon)...].drop(while: \.isWhitespace)
      stanzas[stanzas.count - 1][line[..<colon].lowercased()] = String(value)
    }
    return stanzas.flatMap { stanza -> [Source] in
      func words(_ key: String) -> [String] {
        (stanza[key] ?? "").split(whereSeparator: \.isWhitespace).map(String.init)
      }
      guard words("types").contains("deb"), stanza["enabled"] != "no" else { return [] }
      let signedBy = stanza["signed-by"].flatMap { $0.hasPrefix("/") ? $0 : nil }
      return words("uris").flatMap { uri in
        words("suites").map { Source(uri: uri, suite: $0, components: words("components"), signedBy: signedBy) }
      }
    }
  }
}
