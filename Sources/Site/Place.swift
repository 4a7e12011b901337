import Yams

/// Where something stands in a file.
struct Place {
  let file: String
  /// From 1.
  let line: Int
  /// From 1, in Unicode scalars.
  let column: Int

  static func start(of file: String) -> Place { Place(file: file, line: 1, column: 1) }
}

extension Place {
  init(_ mark: Mark, file: String) { self.init(file: file, line: mark.line, column: mark.column) }
}
