import Glibc
import HostProtocol

/// The host that the agent runs on: what is known of it, read once until something changes, and its commands.
final class Host {
  /// Ends commands at its hangup.
  private let hangup: Int32
  /// Held where the controller has claimed the host.
  var lock: HostLock?
  /// By which commands are found that run on.
  var leftovers: Leftovers? { lock.map { Leftovers(lock: $0.path) } }
  /// Gets every line that commands of `execute` print.
  var onOutput: ((String) -> Void)?
  /// Units that one question to systemd is to cover.
  var unitsOfInterest: [String] = []

  private var knownAccounts: Accounts?
  private var knownPackages: DpkgStatus?
  private var knownUnits: [String: UnitState]?

  init(hangup: Int32) { self.hangup = hangup }

  /// What runs this host as a container: `systemd-nspawn`, `docker`. The kernel is then another host's.
  let container = Facts.container()

  func accounts() throws -> Accounts {
    if let knownAccounts { return knownAccounts }
    let accounts = try Accounts.read()
    knownAccounts = accounts
    return accounts
  }

  func packages() throws -> DpkgStatus {
    if let knownPackages { return knownPackages }
    let packages = try DpkgStatus.read()
    knownPackages = packages
    return packages
  }

  func unit(_ name: String) throws -> UnitState {
    if let known = knownUnits?[name] { return known }
    let names = unitsOfInterest.contains(name) ? unitsOfInterest : [name]
    let units = try UnitState.read(names, host: self)
    knownUnits = units
    guard let unit = units[name] else { throw Failure("systemd says nothing of \(name)") }
    return unit
  }

  /// After a change: everything is read anew.
  func forget() {
    knownAccounts = nil
    knownPackages = nil
    knownUnits = nil
  }

  /// Runs a command that changes the host; its lines are told as they come.
  ///
  /// - Throws: `Failure` with its last lines where it does not end with 0
  @discardableResult
  func execute(_ argv: [String], input: String = "", timeout: Int = 120) throws -> String {
    var last: String?
    let outcome = try finish(argv, input: input, timeout: timeout) { [onOutput] line in
      // apt says once a second that it waits for a lock.
      if line != last { onOutput?(line) }
      last = line
    }
    guard outcome.status == 0 else { throw Self.failure(of: argv, outcome) }
    return String(decoding: outcome.output, as: UTF8.self)
  }

  /// Runs a command that only asks; nothing of it is told.
  func ask(_ argv: [String], timeout: Int = 60) throws -> Child.Outcome {
    try finish(argv, input: "", timeout: timeout, onLine: nil)
  }

  /// - Throws: `Failure` where the controller is gone
  func pause(seconds: Int) throws { try Hangup.pause(milliseconds: Int32(seconds * 1000), watching: hangup) }

  private func finish(
    _ argv: [String], input: String, timeout: Int, onLine: ((String) -> Void)?
  ) throws -> Child.Outcome {
    let child = Child(
      argv: argv, input: Array(input.utf8), timeout: timeout, keep: 1 << 20, leftovers: leftovers,
      onLine: onLine)
    return try child.run(hangup: hangup)
  }

  static func failure(of argv: [String], _ outcome: Child.Outcome) -> Failure {
    let end =
      switch outcome.status {
      case 124: "did not end in time"
      case 127: "could not be started"
      // The highest signal is 64 (SIGRTMAX); higher numbers are a program's own.
      case 129...192: "was ended by signal \(outcome.status - 128)"
      default: "ended with \(outcome.status)"
      }
    let words = String(decoding: outcome.error.isEmpty ? outcome.output : outcome.error, as: UTF8.self)
    let lines = words.split(whereSeparator: \.isNewline).suffix(20).joined(separator: "\n")
    return Failure("`\(argv.joined(separator: " "))` \(end)" + (lines.isEmpty ? "" : ":\n\(lines)"))
  }
}
