import ArgumentParser
import Controller
import Design
import Foundation
import HostProtocol
import Hosts
import Lab
import Store

/// How a site's hosts are reached.
struct HostOptions: ParsableArguments {
  @Flag(help: "Work on the site's twin (see varde lab) instead of the hosts that the file names.")
  var twin = false

  @Option(help: ArgumentHelp("How many hosts are talked to at once.", valueName: "n"))
  var forks = 25

  @Option(
    help: ArgumentHelp("ssh configuration to use instead of your own.", valueName: "file"), completion: .file())
  var sshConfig: String?

  func validate() throws {
    guard forks > 0 else { throw ValidationError("--forks must be at least 1") }
    if twin, sshConfig != nil { throw ValidationError("--twin has an ssh configuration of its own") }
  }

  /// Where the site's journal and secrets live; a twin's go with the twin.
  ///
  /// - Throws: `InputError` where there is no twin
  func stateDirectory(_ design: Design) throws -> StateDirectory {
    guard twin else {
      return StateDirectory(StateDirectory.standard(site: design.site, environment: Terminal.environment))
    }
    return StateDirectory(try Lab(design).existing().stateDirectory)
  }

  /// Does something with a site's hosts, and closes the sessions whatever happens.
  ///
  /// - Parameter controller: claims the hosts, to change them, and holds the site's lock; `nil`: they are only looked at,
  ///   and nothing is written
  func withController<Value>(
    _ design: Design, claimedBy controller: String? = nil, _ body: (SiteController, Store) async throws -> Value
  ) async throws -> Value {
    let directory = try stateDirectory(design)
    let store = try controller == nil ? Store(lookingAt: directory) : Store(directory)
    let claim = try controller.map { Claim(controller: $0, state: try directory.identity(), host: "") }
    let known = Set(design.nodes.map(\.name))
    let nodes = try KnownNodes(store).all
    let former = nodes.filter { !known.contains($0.key) }
    for node in design.nodes {
      guard let other = former.first(where: { $0.value == "\(node.management)" })?.key else { continue }
      throw InputError(
        description: "\(node.name) has the address of \(other), which is no longer in the site file: a host keeps its "
          + "name; where \(other) is gone, apply a file without both first, then the one with \(node.name)")
    }
    let sessions = try openSessions(design, former: former, claim)
    let controller = SiteController(
      design, former: former.keys.sorted(), sessions: sessions, store: store, forks: forks, hasWorked: !nodes.isEmpty)
    do {
      let value = try await body(controller, store)
      await sessions.closeAll()
      return value
    } catch {
      await sessions.closeAll()
      throw error
    }
  }

  private func openSessions(_ design: Design, former: [String: String], _ claim: Claim?) throws -> Sessions {
    let config = twin ? Lab(design).sshConfig : sshConfig
    let ssh = try SSH(config: config, agent: Self.agentPath())
    let addresses =
      design.nodes.map { HostAddress(name: $0.name, address: "\($0.management)") }
      + former.map { HostAddress(name: $0.key, address: $0.value) }
    let open: Sessions.Opening = { host in
      var claim = claim
      claim?.host = host.name
      return try await ssh.open(host, claim: claim) { Terminal.say("\(host.name): \($0)") }
    }
    return Sessions(addresses, watch: { try await ssh.open($0) }, open: open)
  }

  /// The agent to deliver: `$VARDE_AGENT`, else beside this program, else where `make install` puts it.
  static func agentPath() throws -> String {
    if let path = Terminal.environment["VARDE_AGENT"], !path.isEmpty { return path }
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let candidates = ["varde-agent", "../libexec/varde/varde-agent"].map {
      program.appendingPathComponent($0).standardizedFileURL.path
    }
    guard let found = candidates.first(where: FileManager.default.isExecutableFile) else {
      throw InputError(
        description: "varde-agent is not at \(candidates.joined(separator: " or ")); run make build, or set VARDE_AGENT"
      )
    }
    return found
  }
}
