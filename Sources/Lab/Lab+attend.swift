extension Lab {
  /// Boots hosts again that reboot, with their cables in, until it is cancelled: what firmware and wires do for real
  /// hosts. A host that was turned off stays off.
  public func attend() async {
    var isFirst = true
    while !Task.isCancelled {
      let rebooting = hosts.filter(\.asksForReboot)
      if isFirst || !rebooting.isEmpty {
        do {
          try await boot(rebooting)
          isFirst = false
        } catch {
          // It is tried again; whoever waits for the host tells that it is not back.
        }
      }
      try? await Task.sleep(for: .milliseconds(200))
    }
  }

  private func boot(_ rebooting: [LabHost]) async throws {
    try await Self.locked(paths, waiting: .seconds(60)) {
      try await concurrently(rebooting, atMost: 4) { try await $0.ensureRunning() }
      // Also those that an attendant before this one has booted, and not cabled.
      for host in hosts where host.leader != nil { try await network.plugManagement(host) }
      try await network.plugLinks(hosts)
    }
  }
}
