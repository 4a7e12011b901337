/// A unit as systemd sees it.
struct UnitState: Hashable {
  /// `loaded`, `not-found`, `masked`.
  var load: String
  /// `active`, `inactive`, `failed`, `activating`, …
  var active: String
  /// `running`, `auto-restart`, …
  var sub: String
  /// `enabled`, `disabled`, `static`, …; empty where there is no file.
  var file: String
  /// Its files are newer than what systemd has read of them.
  var needsDaemonReload: Bool
  /// The last reload failed: what it should have read is still outstanding.
  var reloadFailed: Bool
  /// When its last start began, in microseconds since 1970; `nil`: never.
  var started: Int64?
  /// When it last changed its state (a start, the end of a reload), in microseconds since 1970.
  var changed: Int64?

  private static let properties = [
    "LoadState", "ActiveState", "SubState", "UnitFileState", "NeedDaemonReload", "ReloadResult",
    "InactiveExitTimestamp", "StateChangeTimestamp",
  ]

  /// One question for all of them.
  static func read(_ names: [String], host: Host) throws -> [String: UnitState] {
    guard FileSystem.exists("/run/systemd/system") else { throw Failure("systemd does not run on this host") }
    let argv =
      ["systemctl", "show", "--timestamp=us+utc", "--property=" + properties.joined(separator: ","), "--"] + names
    let outcome = try host.ask(argv)
    guard outcome.status == 0 else { throw Host.failure(of: argv, outcome) }
    // A paragraph a unit, in the order of the question.
    let states = parse(String(decoding: outcome.output, as: UTF8.self))
    guard states.count == names.count else {
      throw Failure("systemd answered for \(states.count) of \(names.count) units: \(names.joined(separator: " "))")
    }
    return Dictionary(zip(names, states), uniquingKeysWith: { first, _ in first })
  }

  static func parse(_ text: String) -> [UnitState] {
    text.split(separator: "\n\n").map { paragraph in
      var values: [Substring: String] = [:]
      for line in paragraph.split(separator: "\n") {
        guard let equals = line.firstIndex(of: "=") else { continue }
        values[line[..<equals]] = String(line[line.index(after: equals)...])
      }
      return UnitState(
        load: values["LoadState"] ?? "", active: values["ActiveState"] ?? "", sub: values["SubState"] ?? "",
        file: values["UnitFileState"] ?? "", needsDaemonReload: values["NeedDaemonReload"] == "yes",
        reloadFailed: values["ReloadResult"].map { $0 != "success" } ?? false,
        started: values["InactiveExitTimestamp"].flatMap(Timestamp.microseconds),
        changed: values["StateChangeTimestamp"].flatMap(Timestamp.microseconds))
    }
  }
}
