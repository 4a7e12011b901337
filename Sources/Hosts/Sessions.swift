/// The open sessions of one command: each host is connected to once, when it is first needed, and again after its
/// session was lost.
public actor Sessions {
  private let addresses: [String: HostAddress]
  private let open: @Sendable (HostAddress) async throws -> any HostSession
  private var sessions: [String: Task<any HostSession, any Error>] = [:]
  /// Hosts whose agents converge.
  private var busy: Set<String> = []

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
      let session = try await value(of: known, host)
      if session.isOpen { return session }
      forget(host, known)
    }
    guard let address = addresses[host] else {
      throw HostError(host: host, message: "is no host of this site")
    }
    let task = Task { [open] in try await open(address) }
    sessions[host] = task
    // Also where nobody waits for it any more.
    Task { if case .failure = await task.result { forget(host, task) } }
    return try await value(of: task, host)
  }

  /// A task that is cancelled does not wait for a host to be connected to; the connection is there for the next one.
  private func value(
    of task: Task<any HostSession, any Error>, _ host: String
  ) async throws -> any HostSession {
    do {
      return try await task.sharedValue()
    } catch {
      if !(error is CancellationError) { forget(host, task) }
      throw error
    }
  }

  /// Does something with a host that keeps its agent from answering others for long.
  public func occupying<Value: Sendable>(
    _ host: String, _ body: @Sendable (any HostSession) async throws -> Value
  ) async throws -> Value {
    let session = try await session(host)
    busy.insert(host)
    defer { busy.remove(host) }
    return try await body(session)
  }

  /// Leaves alone what another task has put in its place.
  private func forget(_ host: String, _ task: Task<any HostSession, any Error>) {
    if sessions[host] == task { sessions[host] = nil }
  }

  /// The session with the first of these hosts that can be reached; one whose agent is at work for another step comes
  /// after those that would answer at once.
  public func first(of hosts: [String]) async throws -> any HostSession {
    var failures: [String] = []
    for host in hosts.filter({ !busy.contains($0) }) + hosts.filter(busy.contains) {
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
