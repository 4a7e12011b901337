/// "Did you mean …?"
enum Suggestion {
  /// What to do about a word that is none of `known`: the nearest of them, or all.
  static func remedy(for word: String, among known: [String]) -> String {
    if let near = nearest(to: word, among: known) { return "did you mean '\(near)'?" }
    return known.isEmpty ? "remove it" : "use one of \(known.joined(separator: ", "))"
  }

  /// The known word that the fewest edits lead to; `nil` where all are too far to be meant.
  static func nearest(to word: String, among known: [String]) -> String? {
    let near = known.map { ($0, distance(word.lowercased(), $0)) }.min { $0.1 < $1.1 }
    guard let near, near.1 <= max(1, min(word.count, near.0.count) / 3) else { return nil }
    return near.0
  }

  /// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment) between two words.
  static func distance(_ a: String, _ b: String) -> Int {
    let (a, b) = (Array(a), Array(b))
    var rows = [Array(0...b.count)]
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var least = min(rows[i][j + 1] + 1, row[j] + 1, rows[i][j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { least = min(least, rows[i - 1][j - 1] + 1) }
        row.append(least)
      }
      rows.append(row)
    }
    return rows[a.count][b.count]
  }
}
