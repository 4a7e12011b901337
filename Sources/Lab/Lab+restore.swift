import Design
import Foundation
import Processes

extension Lab {
  /// Brings a saved twin back: its hosts boot with their roots, disks, keys and the controller's state as they were.
  /// Ends when every sshd answers.
  ///
  /// A restore that is killed is finished by `restore` and by `up`, or removed by `down`.
  ///
  /// - Parameter acceptingDesign: Whether the saved twin may be of another design than this one. It is then restored
  ///   as it was saved; `up` makes the rest.
  /// - Throws: `LabError` where the saved twin is stale, or the site has another twin here.
  public func restore(
    _ name: String, acceptingDesign: Bool = false, progress: @escaping @Sendable (String) -> Void
  ) async throws {
    try Self.requireRoot()
    try Requirements.check()
    let apt = try await AptConfiguration.ofThisMachine()
    try await Self.locked(paths) {
      let store = SavedStore(paths: paths)
      let twin = try await store.changing { pool in
        let twin = try store.read(name)
        guard twin.site == design.site else {
          throw LabError(name, "is a twin of site '\(twin.site)', not of '\(design.site)'")
        }
        let reasons = try staleness(of: twin, acceptingDesign: acceptingDesign, apt: apt)
        guard reasons.isEmpty else {
          throw LabError(
            name, "is stale: \(reasons.joined(separator: "; ")); 'varde lab restore --anew' makes it anew, "
              + "'varde lab forget \(name)' removes it")
        }
        if Files.exists(paths.lab) {
          guard Files.read(paths.restoring) == Self.mark(twin) else {
            throw LabError(design.site, "has a twin here; remove it with 'varde lab down', or keep it with 'varde lab save'")
          }
          return twin
        }
        try await pool.claim()
        try await place(twin)
        return twin
      }
      let image = Image(recipe: ImageRecipe(kind: twin.image.kind, apt: apt), paths: paths)
      try await Lab(twin.design, image: twin.image.kind, base: paths.base).make(image, progress: progress)
    }
  }

  /// Why a saved twin is not what a rollout of this design would make today; empty: it is current.
  ///
  /// - Throws: `LabError` where there is no such twin.
  public func staleness(of name: String, acceptingDesign: Bool = false) async throws -> [String] {
    let twin = try SavedStore(paths: paths).read(name)
    return try staleness(
      of: twin, acceptingDesign: acceptingDesign, apt: await AptConfiguration.ofThisMachine())
  }

  private func staleness(of twin: SavedTwin, acceptingDesign: Bool, apt: AptConfiguration) throws -> [String] {
    let image = Image(recipe: ImageRecipe(kind: twin.image.kind, apt: apt), paths: paths)
    let now = Files.exists(image.path) ? try ImageIdentity(directory: image.path) : nil
    return try twin.staleness(design: acceptingDesign ? nil : design, image: now, key: image.recipe.key)
  }

  /// Makes the lab of a saved twin, its hosts off. The lab gets its name when all of it is there.
  private func place(_ twin: SavedTwin) async throws {
    try Files.remove(paths.unfinishedLab)
    try Files.makeDirectory("\(paths.unfinishedLab)/hosts", mode: 0o755)
    let data = paths.savedData(twin.id)
    try await Command.check("cp", "-a", "\(data)/ssh", "\(data)/state", paths.unfinishedLab)
    let image = "\(paths.images)/\(twin.image.kind.rawValue)-\(twin.image.key)"
    for host in twin.hosts {
      let layers = RootLayers(saved: host.layers, image: image)
      try Files.write(layers.text, to: "\(paths.unfinishedLab)/hosts/\(host.name)/layers")
      try Reflink.copyFiles(of: "\(paths.savedDisks(twin.id))/\(host.name)", to: paths.disks(host.name))
    }
    try Files.write(Self.mark(twin), to: "\(paths.unfinishedLab)/restoring", mode: 0o600)
    guard rename(paths.unfinishedLab, paths.lab) == 0 else {
      throw LabError(paths.lab, "cannot be put in place: \(String(cString: strerror(errno)))")
    }
  }

  private static func mark(_ twin: SavedTwin) -> String { "\(twin.name) \(twin.id)\n" }
}
