import Design
import Foundation
import Processes

/// The ssh keys of a lab, and the files by which ssh finds and trusts its hosts.
struct LabKeys: Sendable {
  var paths: LabPaths
  var nodes: [Node]

  /// Makes the operator's key, a host key for each host, and the configuration.
  func ensure() async throws {
    try Files.makeDirectory("\(paths.ssh)/hosts")
    try await Self.ensureKey(paths.sshKey, comment: "varde lab \(paths.site)")
    for node in nodes { try await Self.ensureKey(paths.hostKey(node.name), comment: node.name) }
    let known = try nodes.map { "\($0.management) \(try publicKey(of: $0))" }
    try Files.write(known.joined(), to: paths.knownHosts, mode: 0o600)
    try Files.write(configuration, to: paths.sshConfig, mode: 0o600)
  }

  /// Reaches every host by its name or management address, by way of the lab's namespace. `ConnectTimeout` does not
  /// bind a ProxyCommand that hands its connection over: nc needs a limit of its own, or a dead host is waited for until
  /// the kernel gives up, two minutes.
  var configuration: String {
    nodes.map { "Host \($0.name) \($0.management)\n  HostName \($0.management)\n" }.joined() + """
      Host *
        User root
        IdentityFile \(paths.sshKey)
        IdentitiesOnly yes
        UserKnownHostsFile \(paths.knownHosts)
        GlobalKnownHostsFile none
        StrictHostKeyChecking yes
        HostKeyAlgorithms ssh-ed25519
        KexAlgorithms curve25519-sha256
        ProxyCommand nsenter --net=\(paths.namespaceFile) nc -F -w 10 %h %p
        ProxyUseFdpass yes

      """
  }

  func publicKey(of node: Node) throws -> String { try Self.read("\(paths.hostKey(node.name)).pub") }

  func privateKey(of node: Node) throws -> String { try Self.read(paths.hostKey(node.name)) }

  func operatorKey() throws -> String { try Self.read("\(paths.sshKey).pub") }

  private static func read(_ path: String) throws -> String {
    guard let text = Files.read(path) else { throw LabError(path, "cannot be read") }
    return text
  }

  /// The private key gets its name last: where it is, its public key is too.
  private static func ensureKey(_ path: String, comment: String) async throws {
    guard !Files.exists(path) else { return }
    let temporary = "\(path).new"
    for stale in [temporary, "\(temporary).pub"] { try Files.remove(stale) }
    try await Command.check("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", temporary)
    guard rename("\(temporary).pub", "\(path).pub") == 0, rename(temporary, path) == 0 else {
      throw LabError(path, "cannot be put in place")
    }
  }
}
