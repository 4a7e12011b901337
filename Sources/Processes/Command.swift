import Foundation
import Subprocess
import SystemPackage

/// A program of this machine, run to its end with its output kept.
public struct Command: Sendable {
  public var argv: [String]
  public var input: String?
  /// Whether Ctrl-C on the terminal leaves it alone.
  public var isDetached: Bool

  public init(_ argv: [String], input: String? = nil, isDetached: Bool = false) {
    self.argv = argv
    self.input = input
    self.isDetached = isDetached
  }

  /// How a command ended.
  public struct Output: Sendable {
    /// 128 + signal where it was killed.
    public var status: Int
    public var output: String
    public var error: String
  }

  /// Runs it and returns whatever its end.
  ///
  /// - Throws: `CommandError` where it cannot be started.
  public func run() async throws -> Output {
    guard let program = argv.first else { throw CommandError(argv: argv, message: "empty command") }
    let arguments = Arguments(Array(argv.dropFirst()))
    var platform = PlatformOptions()
    platform.createSession = isDetached
    do {
      let result = try await Subprocess.run(
        .name(program), arguments: arguments, platformOptions: platform,
        input: .fileDescriptor(openInput(), closeAfterSpawningProcess: true), output: .string(limit: 64 << 20),
        error: .string(limit: 16 << 20))
      let status: Int =
        switch result.terminationStatus {
        case .exited(let code): Int(code)
        case .signaled(let signal): 128 + Int(signal)
        }
      return Output(status: status, output: result.standardOutput, error: result.standardError)
    } catch {
      throw CommandError(argv: argv, message: "\(error)")
    }
  }

  /// The input as a file in memory without a name: unlike a pipe, nobody has to write it while the program runs, and
  /// a program that ends without reading it disturbs nobody.
  private func openInput() throws -> FileDescriptor {
    guard let input else { return try FileDescriptor.open("/dev/null", .readOnly, options: .closeOnExec) }
    var path = Array("/dev/shm/varde-XXXXXX".utf8CString)
    let file = FileDescriptor(rawValue: mkstemp(&path))
    unlink(path)
    try file.writeAll(input.utf8)
    _ = try file.seek(offset: 0, from: FileDescriptor.SeekOrigin.start)
    return file
  }

  /// Runs it and returns its standard output.
  ///
  /// - Throws: `CommandError` where it cannot be started or does not exit with 0.
  @discardableResult
  public static func check(_ argv: String..., input: String? = nil) async throws -> String {
    try await check(argv, input: input)
  }

  /// As the variadic form.
  @discardableResult
  public static func check(_ argv: [String], input: String? = nil) async throws -> String {
    try await Command(argv, input: input).check()
  }

  /// As the static forms.
  @discardableResult
  public func check() async throws -> String {
    let result = try await run()
    guard result.status == 0 else {
      let words = result.error.isEmpty ? result.output : result.error
      throw CommandError(argv: argv, message: "exit code \(result.status): \(words.suffix(2000))")
    }
    return result.output
  }
}

/// A command that could not be started, or failed.
public struct CommandError: Error, Sendable, CustomStringConvertible {
  public var argv: [String]
  /// Its exit code and own words.
  public var message: String

  public var description: String { "\(argv.joined(separator: " ")): \(message)" }
}
