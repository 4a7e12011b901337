import Foundation

/// The programs under test: built with the tests, in the same configuration, and beside them.
public enum Products {
  /// `$VARDE`, else this build's.
  public static var varde: String { path("varde", "VARDE") }

  /// `$VARDE_AGENT`, else this build's.
  public static var agent: String { path("varde-agent", "VARDE_AGENT") }

  private static func path(_ name: String, _ variable: String) -> String {
    if let path = ProcessInfo.processInfo.environment[variable], !path.isEmpty { return path }
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    return tests.deletingLastPathComponent().appendingPathComponent(name).path
  }
}
