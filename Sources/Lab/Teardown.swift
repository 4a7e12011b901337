import Foundation

extension Lab {
  /// Removes what carries the site's name, whole, half-made or half-removed, without knowing its design.
  ///
  /// - Parameter base: As for `init`.
  public static func down(
    site: String, base: String? = nil, progress: @escaping @Sendable (String) -> Void = { _ in }
  ) async throws {
    try requireRoot()
    guard !site.isEmpty, site.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else {
      throw LabError(site, "is no site's name: letters, digits and hyphens")
    }
    let paths = LabPaths(site: site, base: base)
    try await locked(paths) {
      progress("ending the hosts of \(site)")
      try await remove(paths)
      progress("the lab of \(site) is gone")
    }
  }

  /// Removes a lab and all that killed commands left of it. Its lock must be held.
  static func remove(_ paths: LabPaths) async throws {
    try await paths.cgroup.killAll()
    try await Mounts.unmountAll(below: paths.lab)
    try await Image.removeUnfinished(paths)
    try await LabNetwork.removeNamespace(paths)
    try await paths.cgroup.remove()
    for host in Files.list("\(paths.lab)/hosts") { try await LabHost.removeTraces(machine: paths.machine(host)) }
    try Files.remove(paths.lab)
    let store = SavedStore(paths: paths)
    if DiskPool(paths: paths).exists {
      try await store.changing { pool in
        try pool.release()
        try store.collect()
      }
    }
    try Files.remove(paths.lock)
  }

  /// Removes hosts that the design no longer has.
  func removeFormerHosts(progress: @Sendable (String) -> Void) async throws {
    for name in Files.list("\(paths.lab)/hosts") where design.node(name) == nil {
      progress("\(name) is no longer in the site: removing it")
      try await paths.cgroup(name).killAll()
      try await Mounts.unmountAll(below: paths.host(name))
      try await LabHost.removeTraces(machine: paths.machine(name))
      try await paths.cgroup(name).remove()
      for directory in [paths.disks(name), paths.host(name)] { try Files.remove(directory) }
    }
  }
}
