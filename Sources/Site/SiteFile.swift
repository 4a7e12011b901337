/// Decodes and validates a site file.
public enum SiteFile {
  /// The site, or every problem that the file has.
  ///
  /// - Parameters:
  ///   - yaml: the file's text
  ///   - path: named in the problems; nothing is read from it
  public static func decode(_ yaml: String, path: String) -> Result<Site, SiteProblems> {
    .failure(SiteProblems(problems: []))
  }
}
