import Glibc
import HostProtocol

extension UnitResource: Converging {
  func changes(on host: Host) throws -> [Change] {
    let unit = try host.unit(name)
    guard unit.load != "not-found" else {
      return enabled == true || running == true ? [Change("unit", from: nil, to: name)] : []
    }
    var changes: [Change] = []
    if unit.needsDaemonReload { changes.append(Change("definition", from: "older than its files", to: "loaded")) }
    if let enabled, !unit.isEnabled(as: enabled) {
      changes.append(Change("enabled", from: unit.file, to: enabled ? "enabled" : "disabled"))
    }
    guard let running else { return changes }
    if unit.isActive != running {
      changes.append(Change("running", from: "\(unit.active) (\(unit.sub))", to: running ? "active" : "inactive"))
    } else if running, let cause = newest(of: restartOn, since: unit.started) {
      changes.append(Change("restart", from: "started before \(cause) changed", to: "started after"))
    } else if running, let cause = newest(of: reloadOn, since: unit.changed) {
      changes.append(Change("reload", from: "loaded before \(cause) changed", to: "loaded after"))
    } else if running, unit.reloadFailed, !reloadOn.isEmpty {
      changes.append(Change("reload", from: "the last one failed", to: "loaded"))
    }
    return changes
  }

  func converge(_ host: Host) throws {
    var unit = try host.unit(name)
    if unit.needsDaemonReload || unit.load == "not-found" || hasOwnFiles {
      try host.execute(["systemctl", "daemon-reload"])
      host.forget()
      unit = try host.unit(name)
    }
    guard unit.load != "not-found" else { throw Failure("no unit \(name): let its file or package come before") }
    guard unit.load != "masked" || enabled != true && running != true else {
      throw Failure("\(name) is masked: if that is not meant, `systemctl unmask \(name)`")
    }
    if let enabled, !unit.isEnabled(as: enabled) {
      try host.execute(["systemctl", enabled ? "enable" : "disable", name])
    }
    guard let running, let verb = verb(unit, running: running) else { return }
    // systemd refuses to start what was started too often of late; this is a start that somebody wants.
    if verb != "stop" { try host.execute(["systemctl", "reset-failed", name]) }
    do {
      try host.execute(["systemctl", verb, name], timeout: 600)
    } catch {
      throw try explained(error, host)
    }
    host.forget()
    guard try host.unit(name).isActive == running else {
      throw try explained(Failure("`systemctl \(verb) \(name)` was carried out, but it did not last"), host)
    }
  }

  /// systemd does not notice by itself that a unit got its first drop-in: it remembers which directories there are.
  private var hasOwnFiles: Bool {
    (restartOn + reloadOn).contains { $0.hasPrefix("/") && $0.contains("/systemd/system/") }
  }

  private func verb(_ unit: UnitState, running: Bool) -> String? {
    if unit.isActive != running { return running ? "start" : "stop" }
    guard running else { return nil }
    if newest(of: restartOn, since: unit.started) != nil { return "restart" }
    if newest(of: reloadOn, since: unit.changed) != nil || unit.reloadFailed && !reloadOn.isEmpty {
      return "reload-or-restart"
    }
    return nil
  }

  /// With the unit's own last words.
  private func explained(_ error: any Error, _ host: Host) throws -> Failure {
    let status = try host.ask(["systemctl", "status", "--no-pager", "--full", "--lines=20", name])
    return Failure("\(error)\n\(String(decoding: status.output, as: UTF8.self).trimmingWhitespace)")
  }

  /// The last changed of the paths and packages, if it changed after `time`.
  private func newest(of causes: [String], since time: Int64?) -> String? {
    let changed = causes.compactMap { cause in Self.changed(cause).map { (cause, $0) } }
    guard let last = changed.max(by: { $0.1 < $1.1 }), last.1 > time ?? 0 else { return nil }
    return last.0
  }

  /// When a file or a package changed, in microseconds since 1970; `nil`: it is not there.
  private static func changed(_ cause: String) -> Int64? {
    guard !cause.hasPrefix("/") else { return FileSystem.target(cause)?.modified }
    // dpkg writes the list of a package's files anew with each version.
    let info = "/var/lib/dpkg/info/\(cause)"
    let lists = ["\(info).list"] + ["amd64", "arm64"].map { "\(info):\($0).list" }
    return lists.lazy.compactMap { FileSystem.target($0)?.modified }.first
  }
}

extension UnitState {
  /// A unit without an [Install] section needs no enabling and takes no disabling.
  fileprivate func isEnabled(as desired: Bool) -> Bool {
    desired
      ? !["disabled", "masked", "masked-runtime", "bad", ""].contains(file)
      : !["enabled", "enabled-runtime", "linked", "linked-runtime"].contains(file)
  }

  fileprivate var isActive: Bool { ["active", "reloading", "refreshing"].contains(active) }
}
