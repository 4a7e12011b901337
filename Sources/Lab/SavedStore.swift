import Foundation

/// All saved twins of this machine. Functions that change something want `storeLock` to be held, and the pool open.
struct SavedStore: Sendable {
  /// Of any site: saved twins are shared.
  var paths: LabPaths

  /// Does something while nobody else changes disks or saved twins, with the pool open, and closes it where it is then
  /// out of use.
  func changing<Result: Sendable>(_ body: (DiskPool) async throws -> Result) async throws -> Result {
    try await FileLock.hold(
      paths.storeLock, waiting: .seconds(120), holder: "the other 'varde lab' command that changes saved twins"
    ) {
      let pool = DiskPool(paths: paths)
      try await pool.open()
      do {
        let result = try await body(pool)
        try await pool.closeIfUnused()
        return result
      } catch {
        _ = try? await pool.closeIfUnused()
        throw error
      }
    }
  }

  /// Names of all that have a manifest, in the order of names.
  var names: [String] {
    Files.list(paths.manifests).filter { $0.hasSuffix(".json") }.map { String($0.dropLast(".json".count)) }
  }

  func has(_ name: String) -> Bool { Files.exists(paths.manifest(name)) }

  /// - Throws: `LabError` where there is none, or it cannot be read.
  func read(_ name: String) throws -> SavedTwin {
    try SavedTwin.checkName(name)
    guard let text = Files.read(paths.manifest(name)) else {
      let others = names.isEmpty ? "there is none" : "there are \(names.joined(separator: ", "))"
      throw LabError(name, "no saved twin has this name (\(others)); 'varde lab save' makes one")
    }
    return try SavedTwin(manifest: text, name: name)
  }

  func write(_ twin: SavedTwin) throws {
    try Files.makeDirectory(paths.manifests)
    try Files.write(try twin.manifest, to: paths.manifest(twin.name), mode: 0o600)
  }

  /// A name for a save that no other has.
  func freshID() -> String {
    while true {
      let id = String(hex(UInt64(UInt32.random(in: .min ... .max))).suffix(8))
      if !Files.exists(paths.savedData(id)), !Files.exists(paths.savedDisks(id)) { return id }
    }
  }

  /// What exists of saved twins, and what manifests and labs use of it.
  struct Inventory: Sendable, Hashable {
    var layers: [String]
    /// Ids of saves, of which there are keys and state, or disks.
    var saves: [String]
    var twins: [SavedTwin]
    /// Layers that roots of labs are made of.
    var inUse: Set<String>

    var uselessLayers: [String] {
      let used = twins.reduce(into: inUse) { $0.formUnion($1.hosts.flatMap(\.layers)) }
      return layers.filter { !used.contains($0) }
    }

    var uselessSaves: [String] {
      let used = Set(twins.map(\.id))
      return saves.filter { !used.contains($0) }
    }
  }

  /// Removes what no manifest and no lab uses: of forgotten twins, and of commands that were killed.
  func collect() throws {
    // Of a twin that cannot be read it is not known what it uses.
    guard let twins = try? names.map(read) else { return }
    let found = Inventory(
      layers: Files.list(paths.layers), saves: Files.list(paths.savedData) + Files.list(paths.poolSaved), twins: twins,
      inUse: layersOfLabs)
    for layer in found.uselessLayers { try Files.remove("\(paths.layers)/\(layer)") }
    for id in found.uselessSaves {
      for directory in [paths.savedData(id), paths.savedDisks(id)] { try Files.remove(directory) }
    }
    try Files.remove(paths.unfinishedLabs)
    for name in Files.list(paths.manifests) where !name.hasSuffix(".json") {
      try Files.remove("\(paths.manifests)/\(name)")
    }
  }

  private var layersOfLabs: Set<String> {
    var used: Set<String> = []
    for site in Files.list("\(paths.base)/lab") {
      let lab = LabPaths(site: site, base: paths.base)
      for host in Files.list("\(lab.lab)/hosts") {
        used.formUnion(RootLayers.read(lab.layersFile(host), base: lab.base)?.saved ?? [])
      }
    }
    return used
  }
}
