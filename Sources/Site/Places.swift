/// Where the values of a site file stand, by path (`hosts/a1/address`).
struct Places {
  /// What is nowhere in a file is missing from this place.
  let start: Place
  private var places: [String: (value: Place, key: Place)] = [:]

  init(start: Place) { self.start = start }

  mutating func add(_ path: String, _ place: Place, key: Place) { places[path] = (place, key) }

  func keyPlace(of path: String) -> Place? { places[path]?.key }

  /// The place of a value, or of the nearest thing around it that is in the file.
  subscript(path: String) -> Place {
    var path = path[...]
    while true {
      if let place = places[String(path)] { return place.value }
      guard let slash = path.lastIndex(of: "/") else { return start }
      path = path[..<slash]
    }
  }
}
