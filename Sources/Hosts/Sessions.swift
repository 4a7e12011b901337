/// The open sessions of one command: each host is connected to once, when it is first needed, and again after its
/// session was lost.
public actor Sessions {
  private let addresses: [String: HostAddress]
  private let open: @Sendable (HostAddress) async throws -> any HostSession
  private var sessions: [String: Task<any HostSession, any Error>] = [:]

  /// - Parameter open: connects to a host; throws `HostError`
  public init(
    _ addresses: [HostAddress], open: @escaping @Sendable (HostAddress) async throws -> any HostSession
  ) {
    self.addresses = Dictionary(addresses.map { ($0.name, $0) }) { first, _ in first }
    self.open = open
  }

  /// The session with a host, opened now where there is none.
  ///
  /// - Throws: `HostError`
  public func session(_ host: String) async throws -> any HostSession {
    // Again after each wait: another task may have put a new session in the place of one that was lost.
    while let known = sessions[host] {
      let session = try await known.value
      if session.isOpen { return session }
      forget(host, known)
    }
    guard let address = addresses[host] else {
      throw HostError(host: host, message: "is no host of this site")
    }
    let task = Task { [open] in try await open(address) }
    sessions[host] = task
    do {
      return try await task.value
    } catch {
      forget(host, task)
      throw error
    }
  }

  /// Leaves alone what another task has put in its place.
  private func forget(_ host: String, _ task: Task<any HostSession, any Error>) {
    if sessions[host] == task { sessions[host] = nil }
  }

  /// The session with the first of these hosts that can be reached.
  public func first(of hosts: [String]) async throws -> any HostSession {
    var failures: [String] = []
    for host in hosts {
      do { return try await session(host) } catch { failures.append("\(error)") }
    }
    throw HostError(
      host: hosts.joined(separator: ", "), message: "none can be reached: \(failures.joined(separator: "; "))")
  }

  public func closeAll() async {
    let open = sessions
    sessions = [:]
    await withTaskGroup(of: Void.self) { group in
      for task in open.values {
        group.addTask { if let session = try? await task.value { await session.close() } }
      }
    }
  }
}
