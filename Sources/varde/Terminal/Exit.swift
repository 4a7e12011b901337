import ArgumentParser
import Ceph
import Crush
import Design
import Lab
import Plan
import Site

/// The exit codes that scripts can rely on.
enum Exit {
  static let failed = ExitCode(1)
  /// Wrong use or invalid input.
  static let invalid = ExitCode(2)
  /// A change is pending.
  static let pending = ExitCode(3)

  /// Ended by a signal, as shells say it: 130 after Ctrl-C, 143 after SIGTERM.
  static func signalled(_ signal: Int32) -> ExitCode { ExitCode(128 + signal) }

  static func code(for error: any Error) -> ExitCode {
    switch error {
    case is SiteProblems, is SavedPlanError, is InputError, is CrushMapError, is ComponentError: invalid
    default: failed
    }
  }
}

/// Input that cannot be used: what, and what to do.
struct InputError: Error, CustomStringConvertible {
  var description: String
}
