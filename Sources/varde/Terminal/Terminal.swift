import Foundation

/// What is known of the terminal, and how to speak beside the data.
enum Terminal {
  /// Whether standard error is a terminal: live progress goes there.
  static var isLive: Bool { isatty(STDERR_FILENO) == 1 && term != "dumb" }

  /// Whether standard output may be coloured; see no-color.org.
  static var hasColour: Bool {
    isatty(STDOUT_FILENO) == 1 && term != "dumb" && (environment["NO_COLOR"] ?? "").isEmpty
  }

  /// Columns of the terminal; 100 where there is none.
  static var width: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 100 }
    return Int(size.ws_col)
  }

  static var environment: [String: String] { ProcessInfo.processInfo.environment }

  private static var term: String? { environment["TERM"] }

  /// Writes a line to standard error: everything that is not data.
  static func say(_ line: String) { try? FileHandle.standardError.write(contentsOf: Data("\(line)\n".utf8)) }

  /// Asks yes or no; no where nobody can answer.
  static func confirm(_ question: String) -> Bool {
    guard isatty(STDIN_FILENO) == 1 else { return false }
    try? FileHandle.standardError.write(contentsOf: Data("\(question) [y/N] ".utf8))
    let answer = readLine()?.lowercased() ?? ""
    return answer == "y" || answer == "yes"
  }
}
