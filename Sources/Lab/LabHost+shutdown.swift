import Foundation
import Processes

extension LabHost {
  /// The engines' units, in the order in which they are stopped on all hosts.
  static let engines = ["ceph-osd.target", managers, "ceph-mon.target", "frr.service"]
  static let managers = "ceph-mgr.target"

  /// Notes that the host is being ended: whoever finds it so, because a save was killed, ends it before it boots again.
  func beginEnding() throws { try Files.write("", to: paths.ending(name)) }

  var isEnding: Bool { Files.exists(paths.ending(name)) }

  /// Stops a unit where it runs.
  func stop(_ unit: String) async throws {
    let script = "systemctl is-active -q \"$1\" || exit 0; exec systemctl stop \"$1\""
    try await Command.check(try inside(["sh", "-c", script, "sh", unit]))
  }

  /// Ends the host in an orderly way; what still runs after a while is killed.
  func shutDown() async throws {
    // Asks systemd for poweroff.target, see systemd(1).
    if let leader { kill(leader, __libc_current_sigrtmin() + 4) }
    _ = try? await wait(name, for: "it is off", within: .seconds(30)) { cgroup.isEmpty ? true : nil }
    try await powerOff()
  }
}
