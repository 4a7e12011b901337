/// Something that keeps a site from being valid, by the path of the value that has to change (`hosts/a1/address`).
///
/// Validation looks at a `Site`, not at YAML, and so holds for sites that are made in code as well; `SiteFile` puts
/// the place to the path.
public struct SiteFault: Sendable, Hashable {
  public var path: String
  /// What is wrong.
  public var what: String
  /// What to do about it.
  public var remedy: String

  init(_ path: String, _ what: String, _ remedy: String) {
    self.path = path
    self.what = what
    self.remedy = remedy
  }
}
