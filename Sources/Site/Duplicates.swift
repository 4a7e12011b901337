/// Keys that a mapping has twice. Yams refuses the whole file for the first of them; setting the second one aside and
/// reading again finds the other problems as well.
enum Duplicates {
  /// The place of the second key of that name, where the first is at `first`; `nil` where it is not found, as in a flow
  /// mapping over several lines.
  static func second(of name: String, after first: Place, in text: String) -> Place? {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard first.line <= lines.count else { return nil }
    if let column = inFlow(name, after: first.column, of: lines[first.line - 1]) {
      return Place(file: first.file, line: first.line, column: column)
    }
    for (index, line) in lines.enumerated().dropFirst(first.line) {
      let indent = line.prefix { $0 == " " }.count
      let rest = line.dropFirst(indent)
      if rest.isEmpty || rest.first == "#" { continue }
      if indent < first.column - 1 { return nil }
      if indent == first.column - 1, isKey(rest, name) {
        return Place(file: first.file, line: index + 1, column: first.column)
      }
    }
    return nil
  }

  /// The column of the second key in a flow mapping that ends on the line where the first key is.
  private static func inFlow(_ name: String, after column: Int, of line: Substring) -> Int? {
    let scalars = line.unicodeScalars
    var depth = 0
    for index in scalars.indices.dropFirst(column) {
      switch scalars[index] {
      case "{", "[": depth += 1
      case "}", "]": depth -= 1
      case "," where depth == 0:
        let key = scalars[index...].dropFirst().drop { $0 == " " }
        if isKey(Substring(key), name) { return scalars.distance(from: scalars.startIndex, to: key.startIndex) + 1 }
      default: break
      }
      if depth < 0 { return nil }
    }
    return nil
  }

  private static func isKey(_ text: Substring, _ name: String) -> Bool {
    for quoted in [name, "'\(name)'", "\"\(name)\""] where text.hasPrefix(quoted) {
      if text.dropFirst(quoted.count).drop(while: { $0 == " " }).first == ":" { return true }
    }
    return false
  }

  /// Puts a key of the same length in place of the one at `place`, so that everything else keeps its place.
  static func setAside(_ name: String, at place: Place, number: Int, in text: String) -> String {
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let line = lines[place.line - 1].unicodeScalars
    let before = line.prefix(place.column - 1)
    let rest = line.dropFirst(place.column - 1)
    let quotes = rest.first == "'" || rest.first == "\"" ? 2 : 0
    let length = name.unicodeScalars.count + quotes
    // From Unicode's private use area: no key of a site file looks like that.
    let digits = String(number, radix: 8).unicodeScalars.compactMap { Unicode.Scalar(marker.value + $0.value) }
    let padding = Array(repeating: marker, count: max(0, length - digits.count))
    var key = String.UnicodeScalarView(padding)
    key.append(contentsOf: digits)
    lines[place.line - 1] = Substring(String(before) + String(key) + String(rest.dropFirst(length)))
    return lines.joined(separator: "\n")
  }

  /// Reading again and again has to end; a file with more of them has other troubles.
  static let limit = 20

  static func isSetAside(_ name: String) -> Bool { name.unicodeScalars.first.map { markers.contains($0) } ?? false }

  private static let marker: Unicode.Scalar = "\u{E000}"
  private static let markers: ClosedRange<Unicode.Scalar> = "\u{E000}"..."\u{E0FF}"
}
