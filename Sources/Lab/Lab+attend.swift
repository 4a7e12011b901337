extension Lab {
  /// Boots hosts again that reboot, with their cables in, until it is cancelled: what firmware and wires do for real
  /// hosts. A host that was turned off stays off.
  public func attend() async throws {
    while !Task.isCancelled {
      let rebooting = hosts.filter(\.asksForReboot)
      if !rebooting.isEmpty {
        try await Self.locked(paths, waiting: .seconds(60)) {
          try await concurrently(rebooting, atMost: 4) { [network] host in
            try await host.ensureRunning()
            try await network.plugManagement(host)
          }
          try await network.plugLinks(hosts)
        }
      }
      try await Task.sleep(for: .milliseconds(200))
    }
  }
}
