/// Options that a release no longer has. Its monitors keep such a setting and warn of it, and nothing obeys it any more.
enum RemovedOptions {
  /// Those that are gone in a release, and were in one before it.
  static func names(until release: CephRelease) -> Set<String> {
    Set(removed.filter { $0.key <= release.series }.flatMap(\.value))
  }

  /// Release to the options that it was the first without, by comparing what `ceph-conf --show-config` of both tells.
  private static let removed: [String: [String]] = [:]
}
