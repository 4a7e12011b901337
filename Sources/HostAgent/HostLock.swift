import FoundationEssentials
import Glibc
import HostProtocol

/// The right to change this host: one session at a time has it. The kernel frees it when its agent ends, however.
final class HostLock {
  /// Only root may write there, and a boot empties it.
  static let standardPath = "/run/varde.lock"
  /// In seconds. An agent whose controller is gone ends its command within two.
  static let standardPatience = 30

  let path: String
  private let descriptor: Int32

  /// Takes the lock, and ends what an agent that was killed with it has left running.
  ///
  /// - Parameters:
  ///   - hangup: a descriptor at whose hangup nobody wants the lock any more
  ///   - notice: told once whom the lock is waited for
  /// - Throws: `Failure` that names who has the lock and keeps it
  init(_ path: String, patience: Int, _ claim: Claim, hangup: Int32, notice: (String) -> Void) throws {
    self.path = path
    descriptor = try check(open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600), path)
    do {
      try wait(claim, until: monotonicSeconds() + Double(patience), hangup: hangup, notice: notice)
      // A session that ends in order empties the file.
      if holder != nil {
        try awaitPackages(hangup: hangup, notice: notice)
        try Leftovers(lock: path).end()
      }
      let content = Array(try JSONEncoder().encode(Holder(claim: claim, agent: getpid())))
      try check(ftruncate(descriptor, 0), path)
      try check(pwrite(descriptor, content, content.count, 0), path)
    } catch {
      close(descriptor)
      throw error
    }
  }

  func release() {
    ftruncate(descriptor, 0)
    close(descriptor)
  }

  /// What stands in the file.
  private struct Holder: Codable {
    var claim: Claim
    /// The agent's process.
    var agent: Int32
  }

  private var holder: Holder? {
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = pread(descriptor, &bytes, bytes.count, 0)
    return count > 0 ? try? JSONDecoder().decode(Holder.self, from: Data(bytes[..<count])) : nil
  }

  private func wait(_ claim: Claim, until deadline: Double, hangup: Int32, notice: (String) -> Void) throws {
    var deadline = deadline
    var hasTold = false
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      let code = errno
      guard code == EWOULDBLOCK || code == EINTR else { throw Failure(path, errno: code) }
      let present = holder
      let isOwn = present?.claim.state == claim.state
      if let present, isOwn {
        if try awaitPackages(hangup: hangup, notice: notice) { deadline = max(deadline, monotonicSeconds() + 10) }
        try takeOver(from: present, claim)
      }
      let name = present?.claim.controller ?? "unknown"
      guard monotonicSeconds() < deadline else {
        let agent = present.map { " (its agent here is process \($0.agent))" } ?? ""
        throw Failure("another controller is at work on this host: \(name)\(agent); wait for it, or end it")
      }
      if !hasTold, !isOwn {
        notice("waiting for another controller: \(name)")
        hasTold = true
      }
      try Hangup.pause(milliseconds: 100, watching: hangup)
    }
  }

  /// Waits, however long that takes, until a session before this one has brought the packages to an end that it has begun
  /// with. The controller hears from time to time that we live.
  ///
  /// - Returns: whether there was something to wait for
  @discardableResult private func awaitPackages(hangup: Int32, notice: (String) -> Void) throws -> Bool {
    var nextWord: Double?
    while Leftovers(lock: path).areInstalling {
      let now = monotonicSeconds()
      if now >= nextWord ?? now {
        notice("waiting until the packages are installed that a run before this one has begun with")
        nextWord = now + 30
      }
      try Hangup.pause(milliseconds: 100, watching: hangup)
    }
    return nextWord != nil
  }

  /// Kills the agent of a session that the same controller has lost: it may not have noticed, and be at work.
  private func takeOver(from present: Holder, _ claim: Claim) throws {
    guard present.claim.host == claim.host else {
      throw Failure("is the same machine as \(present.claim.host) of this site: give one of them its own address")
    }
    // The file may still name the holder before the present one, and its number be another program's by now.
    func folder(_ process: String) -> String? { FileSystem.link("/proc/\(process)/exe").map(FileSystem.directory) }
    guard let own = folder("self"), folder("\(present.agent)") == own, present.agent != getpid() else { return }
    kill(present.agent, SIGKILL)
  }
}
