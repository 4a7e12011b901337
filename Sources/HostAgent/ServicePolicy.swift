/// Debian starts a service when its package is installed, with the package's own configuration. Varde configures
/// first: while apt runs, `policy-rc.d` denies every start (see invoke-rc.d(8)); units start by their own resources.
enum ServicePolicy {
  static let path = "/usr/sbin/policy-rc.d"
  private static let content = Array(
    """
    #!/bin/sh
    # Varde: there only while it installs packages.
    # An sshd whose files are another version's takes no connection any more: it restarts with its package.
    case "$1 $2" in
      "ssh restart" | "ssh.service restart" | "ssh try-restart" | "ssh.service try-restart") exit 0 ;;
    esac
    exit 101

    """.utf8)

  /// Removes what an agent that was killed while it installed packages has left.
  static func removeLeftover() throws {
    if FileSystem.exists(path), try FileSystem.read(path) == content { try FileSystem.remove(path) }
  }

  static func whileDenying(_ body: () throws -> Void) throws {
    // One by this content is left over from an agent that was killed; one by another hand stays as it is.
    if FileSystem.exists(path), try FileSystem.read(path) != content { return try body() }
    try AtomicFile(path: path, content: content, owner: .root, mode: 0o755).write()
    do {
      try body()
    } catch {
      try FileSystem.remove(path)
      throw error
    }
    try FileSystem.remove(path)
  }
}
