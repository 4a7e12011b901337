/// A folder of sites that share profiles. A file that names a site is one; every other file is there to be extended.
public struct Fleet: Sendable {
  public struct Member: Sendable {
    public var file: String
    public var site: Result<Site, SiteProblems>
  }

  /// In the order of their files' paths.
  public var members: [Member] = []
  /// Files that name no site, and that no site extends.
  public var unused: [String] = []

  /// - Parameters:
  ///   - files: path to text, of every YAML file of the folder
  ///   - profile: the text of a profile that lies elsewhere
  public init(files: [String: String], profile: (_ path: String) throws -> String) {
    var extended: Set<String> = []
    func read(_ path: String) throws -> String {
      extended.insert(path)
      return try files[path] ?? profile(path)
    }
    func add(_ file: String, _ text: String) {
      members.append(Member(file: file, site: SiteFile.decode(text, path: file, profile: read)))
    }
    var others: [(file: String, text: String, isYAML: Bool)] = []
    var owners: [String: String] = [:]
    for (file, text) in files.sorted(by: { $0.key < $1.key }) {
      var decoding = Decoding(file: file)
      let root = Document.compose(text, file: file, into: &decoding)
      guard let named = root?["site"]?.value else {
        others.append((file, text, isYAML: root != nil))
        continue
      }
      add(file, text)
      guard let name = named.text else { continue }
      if let owner = owners[name] {
        // Two sites of one name would share one history.
        decoding.report(named.place, "'\(name)' is the site of \(owner) already", "give each site a name of its own")
        members[members.count - 1].site = .failure(SiteProblems(problems: decoding.problems))
      }
      owners[name] = file
    }
    for (file, text, isYAML) in others where !extended.contains(file) {
      // What cannot be read may well be a site.
      if isYAML { unused.append(file) } else { add(file, text) }
    }
    members.sort { $0.file < $1.file }
  }
}
