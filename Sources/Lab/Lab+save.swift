import Foundation
import Processes

extension Lab {
  /// Keeps the twin under a name, for `restore`, and removes it here. Its hosts are shut down in order before.
  ///
  /// A save that is killed leaves the twin as it was, for `up`, which boots its hosts again; or the saved twin.
  ///
  /// - Parameters:
  ///   - siteText: The site file.
  ///   - isReplacing: Whether another saved twin of this site and name is replaced.
  /// - Throws: `LabError` where a host is off, a fault is in force, or a controller is at work.
  public func save(
    as name: String, siteText: String, isReplacing: Bool = false, progress: @escaping @Sendable (String) -> Void
  ) async throws {
    try Self.requireRoot()
    try SavedTwin.checkName(name)
    guard exists else { throw LabError(design.site, "has no twin here; make one with 'varde lab up'") }
    try await Self.locked(paths) {
      try checkPlace(name, isReplacing: isReplacing)
      let image = try await checkWhole()
      try await FileLock.hold(
        "\(stateDirectory)/lock", waiting: .milliseconds(500), holder: "the controller at work on the twin"
      ) {
        try await end(progress: progress)
        let store = SavedStore(paths: paths)
        let twin = try await store.changing { _ in
          try checkPlace(name, isReplacing: isReplacing)
          let twin = try await keep(as: name, siteText: siteText, image: image, store: store)
          try store.write(twin)
          // From here on there is no twin, but rests of it, which are removed like those of a killed restore.
          try Files.remove(paths.unfinishedLab)
          try Files.makeDirectory(paths.unfinishedLabs)
          guard rename(paths.lab, paths.unfinishedLab) == 0 else {
            throw LabError(paths.lab, "cannot be put aside: \(String(cString: strerror(errno)))")
          }
          return twin
        }
        progress("\(name) is saved: \(design.nodes.count) hosts, \(twin.bytes >> 20) MiB")
      }
      try await Self.remove(paths)
    }
  }

  /// Whether the name can be used.
  private func checkPlace(_ name: String, isReplacing: Bool) throws {
    let store = SavedStore(paths: paths)
    guard store.has(name) else { return }
    guard isReplacing else {
      throw LabError(name, "is the name of a saved twin already: use another, or --replace")
    }
    // One that cannot be read is replaced: nothing else can be done with it.
    if let site = try? store.read(name).site, site != design.site {
      throw LabError(name, "is the name of a saved twin of site '\(site)': use another, or forget that one first")
    }
  }

  /// Checks that there is a whole twin to save, and tells its image.
  private func checkWhole() async throws -> ImageIdentity {
    let names = Files.list("\(paths.lab)/hosts")
    guard Set(names) == Set(design.nodes.map(\.name)) else {
      throw LabError(design.site, "its twin has other hosts than the site file: run 'varde lab up' first")
    }
    let off = hosts.filter { $0.leader == nil }.map(\.name)
    guard off.isEmpty, !hosts.contains(where: \.isEnding) else {
      let off = off.isEmpty ? hosts.filter(\.isEnding).map(\.name) : off
      throw LabError(off.joined(separator: ", "), "off: a twin is saved whole; run 'varde lab up' first")
    }
    let faults = try await faults()
    guard faults.isEmpty else {
      let words = faults.map(\.description).joined(separator: "; ")
      throw LabError(design.site, "faults are in force (\(words)): heal them, or run 'varde lab up', first")
    }
    let layers = hosts.compactMap(\.layers)
    guard layers.count == hosts.count, let image = layers.first?.image, layers.allSatisfy({ $0.image == image }) else {
      throw LabError(design.site, "its hosts are of several images: run 'varde lab down' and 'varde lab up' first")
    }
    for var layer in layers {
      layer.saved.insert("00000000-00000", at: 0)
      guard layer.fit(paths) else {
        throw LabError(
          design.site,
          "was saved and restored \(layer.saved.count - 1) times, which is as often as it can be: make it anew, with "
            + "'varde lab down', 'varde lab up' and 'varde apply --twin'")
      }
    }
    return try ImageIdentity(directory: image)
  }

  /// Stops the engines, then the hosts.
  private func end(progress: @escaping @Sendable (String) -> Void) async throws {
    for host in hosts { try host.beginEnding() }
    progress("stopping the engines of \(hosts.count) hosts")
    for unit in LabHost.engines {
      try await concurrently(hosts, atMost: 8) { try await $0.stop(unit) }
      if unit == LabHost.managers { try await tellThatNoManagerIsActive() }
    }
    progress("shutting down \(hosts.count) hosts")
    try await concurrently(hosts, atMost: hosts.count) { try await $0.shutDown() }
    try await paths.cgroup.killAll()
    for host in hosts { try await Mounts.unmountAll(below: host.root) }
  }

  /// A manager that stops does not tell the monitors, who would call it active when they come back, for as long as its
  /// heartbeat may be late. Without a monitor that answers there is nobody to tell.
  private func tellThatNoManagerIsActive() async throws {
    let script = "test -e /etc/ceph/ceph.client.admin.keyring && timeout 30 ceph mgr fail"
    for host in hosts {
      if try await Command(host.inside(["sh", "-c", script])).run().status == 0 { return }
    }
  }

  /// Moves and copies what makes the twin into the store. Nothing of the lab is lost by it.
  private func keep(
    as name: String, siteText: String, image: ImageIdentity, store: SavedStore
  ) async throws -> SavedTwin {
    let id = store.freshID()
    try Files.makeDirectory(paths.layers)
    var kept: [SavedTwin.Host] = []
    var places: [String] = []
    for (index, host) in hosts.enumerated() {
      try host.keepUpper(as: "\(id)-\(index)")
      try Reflink.copyFiles(of: paths.disks(host.name), to: "\(paths.savedDisks(id))/\(host.name)")
      let layers = host.layers?.saved ?? []
      kept.append(SavedTwin.Host(name: host.name, layers: layers))
      places += layers.map { "\(paths.layers)/\($0)" }
    }
    let data = paths.savedData(id)
    try Files.makeDirectory(data)
    try await Command.check("cp", "-a", paths.ssh, stateDirectory, data)
    try Files.remove("\(data)/state/lock")
    places += [data, paths.savedDisks(id)]
    let sizes = try await Command.check("du", "-sck", "--files0-from=-", input: places.joined(separator: "\0"))
    let kibibytes = sizes.split(separator: "\n").last.flatMap { UInt64($0.prefix { $0 != "\t" }) } ?? 0
    return SavedTwin(
      name: name, site: design.site, createdAt: Date(), siteText: siteText, design: design, image: image,
      bytes: kibibytes << 10, id: id, hosts: kept)
  }
}
