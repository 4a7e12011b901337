import Glibc
import HostProtocol

extension FileResource: Converging {
  /// Of a file's content, in a difference.
  private static let shown = 64 << 10

  func changes(on host: Host) throws -> [Change] {
    let status = try FileSystem.status(path)
    guard present else { return status.map { [Change("file", from: $0.kindName, to: nil)] } ?? [] }
    guard let status else { return [Change("content", from: nil, to: shownContent)] }
    guard status.kind == S_IFREG else { return [Change("type", from: status.kindName, to: "file")] }
    var changes: [Change] = []
    if !(try hasContent(status)) { changes.append(Change("content", from: try shownOld(), to: shownContent)) }
    let accounts = try host.accounts()
    return changes
      + accounts.changes(of: status.ownership, owner: owner, group: group)
      + status.changes(mode: mode)
  }

  func converge(_ host: Host) throws {
    let status = try FileSystem.status(path)
    guard status?.kind != S_IFDIR else { throw Failure("\(path) is a directory; move it away") }
    guard present else { return try FileSystem.remove(path) }
    let ownership = try host.accounts().ownership(owner: owner, group: group)
    // Its time of change stays when its content does: what restarts on a new content must not restart for a mode.
    if let status, status.kind == S_IFREG, try hasContent(status) {
      return try FileSystem.set(path, owner: ownership, mode: mode)
    }
    let file = AtomicFile(path: path, content: Array(content.utf8), owner: ownership, mode: mode)
    try file.write { try validate(at: $0, host: host) }
  }

  private func validate(at temporary: String, host: Host) throws {
    guard let validate else { return }
    let argv = validate.map { $0.replacing("%s", with: temporary) }
    let outcome = try host.ask(argv)
    guard outcome.status != 0 else { return }
    guard !secret else {
      throw Failure("\(path) was not changed: `\(argv[0])` refuses the new content (its words are kept back: a secret)")
    }
    throw Failure("\(path) was not changed: \(Host.failure(of: argv, outcome))")
  }

  private func hasContent(_ status: stat) throws -> Bool {
    let desired = content.utf8
    guard Int(status.st_size) == desired.count else { return false }
    return try FileSystem.read(path).elementsEqual(desired)
  }

  private var shownContent: String { secret ? "(secret)" : content }

  private func shownOld() throws -> String? {
    secret ? nil : String(decoding: try FileSystem.read(path, limit: Self.shown), as: UTF8.self)
  }
}
