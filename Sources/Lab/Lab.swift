import Design
import Foundation
import Processes

/// A twin of a site on this machine: a systemd-nspawn host for each host and switch, with real sshd, systemd and apt,
/// and cables as in the design.
///
/// A lab keeps no record of itself. Everything in it is named after the site, and each command looks at what is
/// there: `up` makes what is missing, `down` removes what carries the name.
public struct Lab: Sendable {
  public var design: Design
  public var image: ImageKind
  public var paths: LabPaths

  /// - Parameter base: Where labs and images lie; by default what `VARDE_LAB_DIR` says, or `/var/lib/varde`.
  public init(_ design: Design, image: ImageKind = .full, base: String? = nil) {
    self.design = design
    self.image = image
    self.paths = LabPaths(site: design.site, base: base)
  }

  /// What the controller's ssh takes as `-F`.
  public var sshConfig: String { paths.sshConfig }

  /// Whether there is a lab of this site, whole or half-made.
  public var exists: Bool { Files.exists(paths.sshConfig) }

  /// Where the controller keeps the twin's journal and secrets, which end with it.
  public var stateDirectory: String { "\(paths.lab)/state" }

  var hosts: [LabHost] { design.nodes.map { LabHost(node: $0, paths: paths) } }

  var network: LabNetwork { LabNetwork(paths: paths, design: design) }

  func host(_ name: String) throws -> LabHost {
    guard let node = design.node(name) else {
      throw LabError(
        name, "is no host or switch of the site; it has \(design.nodes.map(\.name).joined(separator: ", "))")
    }
    return LabHost(node: node, paths: paths)
  }

  /// Makes the lab, or what is missing of it: hosts that are off boot, hosts that are no longer in the design go, and
  /// all faults are healed. Ends when every sshd answers.
  ///
  /// - Throws: `LabError`; what is made by then stays, for `up` to go on or `down` to remove.
  public func up(progress: @escaping @Sendable (String) -> Void) async throws {
    try Self.requireRoot()
    try checkNames()
    try Requirements.check()
    try await Self.locked(paths) {
      try await SavedStore(paths: paths).changing { try await $0.claim() }
      let apt = try await AptConfiguration.ofThisMachine()
      try await make(Image(recipe: ImageRecipe(kind: image, apt: apt), paths: paths), progress: progress)
    }
  }

  /// Makes what is missing of the lab, whose place for disks is there.
  func make(_ image: Image, progress: @escaping @Sendable (String) -> Void) async throws {
    try Self.raiseLimits()
    try await network.ensureNamespace()
    let proxy = AptProxy(paths: paths, gateway: "\(network.gateway)", upstreamProxy: image.recipe.apt.upstreamProxy)
    let keys = LabKeys(paths: paths, nodes: design.nodes)
    async let keysMade: Void = keys.ensure()
    try await proxy.ensure()
    try await image.ensure(proxy: proxy.localURL, progress: progress)
    try await keysMade
    try await boot(image: image.path, keys: keys, proxy: proxy.url, progress: progress)
    // A killed restore is finished by whatever makes the rest of the lab.
    try Files.remove(paths.restoring)
    progress("the lab is up: \(design.nodes.count) hosts, \(design.links.count) links")
  }

  private func boot(
    image: String, keys: LabKeys, proxy: String, progress: @escaping @Sendable (String) -> Void
  ) async throws {
    try await removeFormerHosts(progress: progress)
    let off = Set(hosts.filter { $0.leader == nil }.map(\.name))
    if !off.isEmpty { progress("booting \(off.count) host\(off.count == 1 ? "" : "s")") }
    try await concurrently(hosts, atMost: 6) { [network] host in
      try await host.ensureRoot(image: image, keys: keys, proxy: proxy)
      try await host.ensureRunning()
      try await network.plugManagement(host, isBooted: off.contains(host.name))
      if off.contains(host.name) { progress("\(host.name) boots") }
    }
    try await network.plugLinks(hosts, booted: off)
    for fault in try await faults(booted: off) { try await undo(fault) }
    try await concurrently(hosts, atMost: 6) { try await $0.awaitSSH() }
  }

  /// Removes the lab, whole or half-made.
  public func down(progress: @escaping @Sendable (String) -> Void) async throws {
    try await Self.down(site: design.site, base: paths.base, progress: progress)
  }

  static func requireRoot() throws {
    guard geteuid() == 0 else { throw LabError("lab", "must be root to make hosts: use sudo") }
  }

  /// Does something while no other command works on the same lab.
  static func locked(
    _ paths: LabPaths, waiting limit: Duration = .seconds(2), _ body: () async throws -> Void
  ) async throws {
    try await FileLock.hold(
      paths.lock, waiting: limit, holder: "the other 'varde lab' command that is at work on \(paths.site)", body)
  }

  /// Names become names of directories, machines, cgroups and namespaces.
  private func checkNames() throws {
    for host in hosts {
      guard host.machine.utf8.count <= 64 else {
        throw LabError(host.name, "'\(host.machine)' is longer than the 64 letters that a machine's name may have")
      }
      guard host.name.allSatisfy({ $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }) else {
        throw LabError(host.name, "is no host name: letters, digits and hyphens")
      }
    }
  }

  /// Raises limits that all hosts share with this machine, and that it keeps until its next boot. They are far too low
  /// for a lab: 128 inotify instances are enough for a dozen hosts, 65536 aio requests for a few OSDs.
  private static func raiseLimits() throws {
    let wanted = [
      "fs/inotify/max_user_instances": 8192, "fs/inotify/max_user_watches": 524_288, "fs/aio-max-nr": 1_048_576,
    ]
    for (name, value) in wanted {
      let path = "/proc/sys/\(name)"
      let now = Files.read(path).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) } ?? 0
      if now < value { try Files.set(path, "\(value)") }
    }
  }
}
