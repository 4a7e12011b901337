// Foundation's own import of it does not let standard output be used.
@preconcurrency import Glibc

extension Output {
  /// Writes what is still kept back of what was printed.
  ///
  /// - Throws: `OutputLost`, for a pipeline must not go on with a part
  static func finish() throws(OutputLost) {
    guard fflush(stdout) == 0, ferror(stdout) == 0 else { throw OutputLost() }
  }
}

/// Standard output took not everything.
struct OutputLost: Error, CustomStringConvertible {
  var description: String { "standard output: not all could be written; is there no space left?" }
}
