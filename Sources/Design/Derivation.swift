import Site

extension Design {
  /// Derives everything from a site.
  public init(_ site: Site) {
    fatalError("derivation of \(site.name)")
  }
}
