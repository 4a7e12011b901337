import Processes

extension LabHost {
  /// Boots the host where it is off, and resumes it where it is frozen.
  func ensureRunning() async throws {
    if cgroup.isFrozen { try await cgroup.setFrozen(false) }
    if isEnding { try await shutDown() }
    guard leader == nil else { return try await plugDisks() }
    try await powerOff()
    try cgroup.create()
    try Files.remove(paths.exit(name))
    // One that asks for a reboot ends: nspawn leaves it to whoever started it.
    let reporting = ["sh", "-c", "exit=$1; shift; \"$@\"; echo $? > \"$exit\"", "sh", paths.exit(name)]
    try await cgroup.start(reporting + nspawn, log: paths.console(name))
    _ = try await wait(
      name, for: "it boots", within: .seconds(60), hint: "; its console is in \(paths.console(name))"
    ) { leader }
  }

  /// Whether the host has ended because it is to boot again; see systemd-nspawn(1) on exit codes and `--keep-unit`.
  var asksForReboot: Bool { leader == nil && Files.read(paths.exit(name)) == "133\n" }

  /// Gives a running host the disks that its site has got since it booted.
  private func plugDisks() async throws {
    try await Command.check(inside(["systemd-tmpfiles", "--create", "--prefix=/dev"]))
  }

  /// Ends the host as a power failure does, and what is left of an unfinished boot.
  func powerOff() async throws {
    try await cgroup.killAll()
    try await Self.removeTraces(machine: machine)
    try Files.remove(paths.ending(name))
  }

  /// What nspawn leaves behind when it is killed.
  static func removeTraces(machine: String) async throws {
    for directory in ["propagate", "unix-export"] {
      let path = "/run/systemd/nspawn/\(directory)/\(machine)"
      try await Mounts.unmountAll(below: path)
      try Files.remove(path)
    }
  }

  private var nspawn: [String] {
    [
      // Its locks lie outside of the lab's directory and outlive a killed nspawn; the lab has a lock of its own.
      "env", "SYSTEMD_NSPAWN_LOCK=0", "systemd-nspawn", "-q", "-D", root, "-M", machine, "--hostname=\(name)",
      "--register=no", "--keep-unit", "--private-network", "--console=read-only", "--link-journal=no",
      "--resolv-conf=off", "--timezone=off",
      "--capability=CAP_NET_ADMIN,CAP_NET_RAW,CAP_IPC_LOCK,CAP_SYS_NICE", "--bind=\(paths.disks(name)):/disks", "-b",
    ]
  }

  /// Waits until the host's sshd answers.
  func awaitSSH() async throws {
    var systemd = leader
    _ = try await wait(
      name, for: "its sshd answers", within: .seconds(120), every: .milliseconds(100),
      hint: "; its console is in \(paths.console(name))"
    ) { () -> Bool? in
      // It costs less to see that sshd has begun than to ask it, and far less than to look for the leader each time.
      guard let systemd, Files.exists("/proc/\(systemd)") else {
        systemd = leader
        return nil
      }
      guard Files.exists("/proc/\(systemd)/root/run/sshd.pid") else { return nil }
      return try await answersSSH() ? true : nil
    }
  }

  /// Whether the host's sshd says its first line.
  func answersSSH() async throws -> Bool {
    let greeting = ["nc", "-d", "-W", "1", "-w", "1", "\(node.management)", "22"]
    return try await Command(["timeout", "2", "nsenter", "--net=\(paths.namespaceFile)"] + greeting).run()
      .output.hasPrefix("SSH-")
  }
}
