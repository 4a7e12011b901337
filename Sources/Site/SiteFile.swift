/// Decodes and validates a site file.
public enum SiteFile {
  /// The site, or every problem that the file has.
  ///
  /// - Parameters:
  ///   - yaml: the file's text
  ///   - path: named in the problems; nothing is read from it
  public static func decode(_ yaml: String, path: String) -> Result<Site, SiteProblems> {
    var decoding = Decoding(file: path)
    var site = Site(name: "", hosts: [])
    if let root = Document.compose(yaml, into: &decoding) {
      decoding.decode(root, as: SiteKeys.site, into: &site)
      decoding.report(site.faults)
      if decoding.isWhole { decoding.report(site.faultsAsAWhole) }
    }
    guard decoding.problems.isEmpty else {
      return .failure(
        SiteProblems(problems: decoding.problems.sorted { ($0.line, $0.column) < ($1.line, $1.column) }))
    }
    return .success(site)
  }
}
