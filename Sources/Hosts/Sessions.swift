/// The open sessions of one command: each host is connected to once, when it is first needed, and again after its
/// session was lost.
public actor Sessions {
  /// Connects to a host; throws `HostError`.
  public typealias Opening = @Sendable (HostAddress) async throws -> any HostSession

  private let addresses: [String: HostAddress]
  private let open: Opening
  private let watch: Opening
  private var sessions: [Line: Task<any HostSession, any Error>] = [:]
  /// Hosts whose agents converge, and how many requests for that they have.
  private var requests: [String: Int] = [:]

  /// One of the two sessions that a host may have.
  private struct Line: Hashable {
    var host: String
    var isWatching = false
  }

  /// - Parameters:
  ///   - watch: opens the second session of a host whose first one is busy, to look at it only; `nil`: as `open`
  public init(_ addresses: [HostAddress], watch: Opening? = nil, open: @escaping Opening) {
    self.addresses = Dictionary(addresses.map { ($0.name, $0) }) { first, _ in first }
    self.open = open
    self.watch = watch ?? open
  }

  /// The session with a host, opened now where there is none.
  ///
  /// - Throws: `HostError`
  public func session(_ host: String) async throws -> any HostSession { try await session(on: Line(host: host)) }

  /// A session that answers at once: not the one whose agent is at work on a step of the rollout.
  ///
  /// - Throws: `HostError`
  public func watching(_ host: String) async throws -> any HostSession {
    try await session(on: Line(host: host, isWatching: isBusy(host)))
  }

  private func session(on line: Line) async throws -> any HostSession {
    // Again after each wait: another task may have put a new session in the place of one that was lost.
    while let known = sessions[line] {
      let session = try await value(of: known, line)
      if session.isOpen { return session }
      forget(line, known)
    }
    guard let address = addresses[line.host] else {
      throw HostError(host: line.host, message: "is no host of this site")
    }
    let task = Task { [open = line.isWatching ? watch : open] in try await open(address) }
    sessions[line] = task
    // Also where nobody waits for it any more.
    Task { if case .failure = await task.result { forget(line, task) } }
    return try await value(of: task, line)
  }

  /// A task that is cancelled does not wait for a host to be connected to; the connection is there for the next one.
  private func value(
    of task: Task<any HostSession, any Error>, _ line: Line
  ) async throws -> any HostSession {
    do {
      return try await task.sharedValue()
    } catch {
      if !(error is CancellationError) { forget(line, task) }
      throw error
    }
  }

  private func isBusy(_ host: String) -> Bool { requests[host, default: 0] > 0 }

  /// Does something with a host that keeps its agent from answering others for long.
  public func occupying<Value: Sendable>(
    _ host: String, _ body: @Sendable (any HostSession) async throws -> Value
  ) async throws -> Value {
    let session = try await session(host)
    requests[host, default: 0] += 1
    defer { requests[host, default: 1] -= 1 }
    return try await body(session)
  }

  /// Ends the sessions with a host; the next request opens a new one. An agent keeps the libraries that it was started
  /// with: after an upgrade of those, it can load no newer ones beside them.
  public func renew(_ host: String) async {
    for line in [Line(host: host), Line(host: host, isWatching: true)] {
      guard let task = sessions.removeValue(forKey: line) else { continue }
      if let session = try? await task.value { await session.close() }
    }
  }

  /// Leaves alone what another task has put in its place.
  private func forget(_ line: Line, _ task: Task<any HostSession, any Error>) {
    if sessions[line] == task { sessions[line] = nil }
  }

  /// The session with the first of these hosts that can be reached; one whose agent is at work for another step comes
  /// after those that would answer at once.
  public func first(of hosts: [String]) async throws -> any HostSession {
    var failures: [String] = []
    for host in hosts.filter({ !isBusy($0) }) + hosts.filter(isBusy) {
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
