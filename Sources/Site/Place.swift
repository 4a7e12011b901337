import Yams

/// Where something stands in a file.
struct Place {
  /// From 1.
  let line: Int
  /// From 1, in Unicode scalars.
  let column: Int

  static let start = Place(line: 1, column: 1)
}

extension Place {
  init(_ mark: Mark) { self.init(line: mark.line, column: mark.column) }
}

extension Yams.Node {
  var place: Place? { mark.map(Place.init) }
}
