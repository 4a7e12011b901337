import Foundation

/// A process of this machine, as `/proc` shows it; hosts of a twin are processes of it as well.
struct RunningProcess: Sendable, CustomStringConvertible {
  var pid: Int32
  /// Its words, with a blank between them.
  var commandLine: String

  var description: String { "\(pid) \(commandLine)" }

  static var pids: [Int32] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { Int32($0) }
  }

  static func text(_ pid: Int32, _ file: String) -> String {
    let data = FileManager.default.contents(atPath: "/proc/\(pid)/\(file)") ?? Data()
    return String(decoding: data, as: UTF8.self).replacing("\0", with: " ")
  }

  /// What runs in or for the twin of a site. The dead whom this machine's init has not buried yet do not run.
  static func all(of site: String) -> [RunningProcess] {
    pids.compactMap { pid in
      let commandLine = text(pid, "cmdline")
      let isOfSite =
        commandLine.contains("varde-\(site)") || commandLine.contains("/lab/\(site)/")
        || text(pid, "cgroup").contains("/varde/\(site)/")
      return isOfSite && !isDead(pid) ? RunningProcess(pid: pid, commandLine: commandLine) : nil
    }
  }

  private static func isDead(_ pid: Int32) -> Bool {
    let status = text(pid, "status")
    return status.isEmpty || status.contains("State:\tZ") || status.contains("State:\tX")
  }

  /// What a controller started to reach the twin's hosts.
  static func connections(of site: String) -> [RunningProcess] {
    all(of: site).filter { $0.commandLine.contains("/lab/\(site)/ssh/config") }
  }

  /// Agents at work in the twin's hosts.
  static func agents(of site: String) -> [RunningProcess] {
    all(of: site).filter { $0.commandLine.contains("/var/lib/varde/agent/") && !$0.commandLine.hasPrefix("ssh ") }
  }
}
