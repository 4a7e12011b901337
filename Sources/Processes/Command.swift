import Foundation
import Subprocess

/// A program of this machine, run to its end with its output kept.
public struct Command: Sendable {
  public var argv: [String]
  public var input: String?

  public init(_ argv: [String], input: String? = nil) {
    self.argv = argv
    self.input = input
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
    Self.survivesClosedPipes
    do {
      let result = try await Subprocess.run(
        .name(program), arguments: arguments, input: .string(input ?? ""),
        output: .string(limit: 64 << 20), error: .string(limit: 16 << 20))
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

  /// A program that ends before it has read its input must not end us: the write fails instead.
  private static let survivesClosedPipes: Void = { signal(SIGPIPE, SIG_IGN) }()

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
    let result = try await Command(argv, input: input).run()
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
