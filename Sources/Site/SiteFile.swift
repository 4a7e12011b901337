/// Decodes and validates a site file.
public enum SiteFile {
  /// The site, or every problem that the file and its profiles have.
  ///
  /// - Parameters:
  ///   - yaml: the file's text
  ///   - path: named in the problems; profiles are sought from here
  ///   - profile: the text of a profile, by its path; what it throws becomes a problem where the profile is named
  public static func decode(
    _ yaml: String, path: String, profile: (_ path: String) throws -> String = unreadable
  ) -> Result<Site, SiteProblems> {
    withoutActuallyEscaping(profile) { profile in
      var decoding = Decoding(file: path)
      var site = Site(name: "", hosts: [])
      if let own = Document.compose(yaml, file: path, into: &decoding) {
        let root = Profiles(read: profile).extend(own, chain: [path], into: &decoding)
        let value = Value(node: root, path: "", name: "", label: "the file", keyPlace: .start(of: path))
        decoding.decode(value, as: SiteKeys.site, into: &site)
        decoding.report(site.faults)
        if decoding.isWhole { decoding.report(site.faultsAsAWhole) }
      }
      guard decoding.problems.isEmpty else {
        return .failure(SiteProblems(problems: decoding.problems.inOrder(first: path)))
      }
      return .success(site)
    }
  }

  /// For files without a folder around them: no profile can be read.
  public static func unreadable(_ path: String) throws -> String { throw Unreadable() }

  private struct Unreadable: Error, CustomStringConvertible {
    let description = "no other file can be read from here"
  }
}

extension [SiteProblem] {
  /// By their places: those of the site file, then those of its profiles.
  fileprivate func inOrder(first path: String) -> [SiteProblem] {
    sorted {
      ($0.path == path ? "" : $0.path, $0.line, $0.column) < ($1.path == path ? "" : $1.path, $1.line, $1.column)
    }
  }
}
