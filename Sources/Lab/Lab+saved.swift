import Foundation

extension Lab {
  /// All saved twins of this machine, in the order of their names.
  ///
  /// - Parameter base: As for `init`.
  /// - Returns: Those that can be read, and why others cannot be.
  public static func saved(base: String? = nil) -> (twins: [SavedTwin], problems: [LabError]) {
    let store = SavedStore(paths: LabPaths(site: "", base: base))
    var twins: [SavedTwin] = []
    var problems: [LabError] = []
    for name in store.names {
      do { twins.append(try store.read(name)) } catch {
        problems.append(error as? LabError ?? LabError(name, "\(error)"))
      }
    }
    return (twins, problems)
  }

  /// One saved twin.
  ///
  /// - Throws: `LabError` where there is none of this name, or it cannot be read.
  public static func saved(_ name: String, base: String? = nil) throws -> SavedTwin {
    try SavedStore(paths: LabPaths(site: "", base: base)).read(name)
  }

  /// Whether a twin is saved under a name, be it readable or not.
  public static func hasSaved(_ name: String, base: String? = nil) -> Bool {
    SavedStore(paths: LabPaths(site: "", base: base)).has(name)
  }

  /// Removes a saved twin. What labs and other saved twins use of it stays until they are gone.
  ///
  /// - Throws: `LabError` where there is none of this name.
  public static func forget(_ name: String, base: String? = nil) async throws {
    try requireRoot()
    try SavedTwin.checkName(name)
    let store = SavedStore(paths: LabPaths(site: "", base: base))
    try await store.changing { _ in
      guard store.has(name) else { _ = try store.read(name); return }
      try Files.remove(store.paths.manifest(name))
      try store.collect()
    }
  }
}
