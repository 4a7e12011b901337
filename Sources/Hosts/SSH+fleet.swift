extension SSH {
  /// Opens sessions to many hosts, at most `forks` of them at once. A host that cannot be reached stops no other.
  ///
  /// - Returns: by the host's name
  public func open(
    _ hosts: [HostAddress], forks: Int
  ) async -> [String: Result<any HostSession, HostError>] {
    let opened = await hosts.concurrentMap(limit: forks) { host in
      do {
        return (host.name, Result<any HostSession, HostError>.success(try await open(host)))
      } catch {
        let error = error as? HostError ?? HostError(host: host.name, message: "\(error)")
        return (host.name, .failure(error))
      }
    }
    return Dictionary(opened, uniquingKeysWith: { first, _ in first })
  }
}
