extension Lab {
  /// Installs a host anew, as an installer does over the network: its root is the image's again, its disks and its name
  /// stay. Ends when its sshd answers. It may be repeated, whatever became of a former one.
  ///
  /// - Throws: `LabError`
  public func reimage(_ name: String) async throws {
    let host = try host(name)
    // Others that are installed at the same time take their turns.
    try await changing(waiting: .seconds(600)) {
      let apt = try await AptConfiguration.ofThisMachine()
      // The image that it was made of; the usual one where it has no root yet.
      let image = host.layers?.image ?? Image(recipe: ImageRecipe(kind: image, apt: apt), paths: paths).path
      let proxy = AptProxy(paths: paths, gateway: "\(network.gateway)", upstreamProxy: apt.upstreamProxy)
      try await network.unplug(host, from: hosts)
      try await host.powerOff()
      try await host.removeRoot(image: image)
      try await host.ensureRoot(image: image, keys: LabKeys(paths: paths, nodes: design.nodes), proxy: proxy.url)
      try await host.ensureRunning()
      try await network.plugManagement(host)
      try await network.plugLinks(hosts)
    }
    try await host.awaitSSH()
  }
}
