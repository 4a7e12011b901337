import Subprocess

extension Command {
  /// Runs it with this process's own standard input, output and error.
  ///
  /// - Returns: Its exit code; 128 + signal where it was killed.
  /// - Throws: `CommandError` where it cannot be started.
  public func runOnTerminal() async throws -> Int {
    guard let program = argv.first else { throw CommandError(argv: argv, message: "empty command") }
    do {
      let result = try await Subprocess.run(
        .name(program), arguments: Arguments(Array(argv.dropFirst())), input: .currentStandardInput,
        output: .currentStandardOutput, error: .currentStandardError)
      switch result.terminationStatus {
      case .exited(let code): return Int(code)
      case .signaled(let signal): return 128 + Int(signal)
      }
    } catch {
      throw CommandError(argv: argv, message: "\(error)")
    }
  }
}
