/// The difference of two texts in the form of `diff -u`, without its header.
public enum UnifiedDiff {
  /// Lines prefixed with ` `, `-` or `+`, in hunks headed `@@ -line,count +line,count @@`.
  ///
  /// - Parameter context: how many unchanged lines stand around a change
  public static func lines(from old: String, to new: String, context: Int = 3) -> [String] {
    let edits = script(split(old), split(new))
    var hunks: [String] = []
    var index = 0
    while let start = edits[index...].firstIndex(where: { $0.isChange }) {
      let from = max(index, start - context)
      var end = start
      var quiet = 0
      while end < edits.count, quiet <= 2 * context {
        quiet = edits[end].isChange ? 0 : quiet + 1
        end += 1
      }
      let to = end - max(0, quiet - context)
      hunks += hunk(Array(edits[from..<to]))
      index = to
      if index >= edits.count { break }
    }
    return hunks
  }

  private struct Edit {
    var sign: Character
    var text: Substring
    /// Line numbers before and after, from 1.
    var old: Int
    var new: Int
    var isChange: Bool { sign != " " }
  }

  private static func split(_ text: String) -> [Substring] {
    text.isEmpty
      ? []
      : (text.hasSuffix("\n") ? text.dropLast() : text[...]).split(separator: "\n", omittingEmptySubsequences: false)
  }

  private static func script(_ old: [Substring], _ new: [Substring]) -> [Edit] {
    let change = new.difference(from: old)
    let removed = Set(change.removals.map(offset))
    let inserted = Set(change.insertions.map(offset))
    var edits: [Edit] = []
    var (i, j) = (0, 0)
    while i < old.count || j < new.count {
      if removed.contains(i) {
        edits.append(Edit(sign: "-", text: old[i], old: i + 1, new: j + 1))
        i += 1
      } else if inserted.contains(j) {
        edits.append(Edit(sign: "+", text: new[j], old: i + 1, new: j + 1))
        j += 1
      } else {
        edits.append(Edit(sign: " ", text: old[i], old: i + 1, new: j + 1))
        i += 1
        j += 1
      }
    }
    return edits
  }

  private static func offset(_ change: CollectionDifference<Substring>.Change) -> Int {
    switch change {
    case .insert(let offset, _, _), .remove(let offset, _, _): offset
    }
  }

  private static func hunk(_ edits: [Edit]) -> [String] {
    guard let first = edits.first else { return [] }
    let oldCount = edits.count { $0.sign != "+" }
    let newCount = edits.count { $0.sign != "-" }
    // As in diff -u, a side without lines names the line before.
    let head =
      "@@ -\(first.old - (oldCount == 0 ? 1 : 0)),\(oldCount) +\(first.new - (newCount == 0 ? 1 : 0)),\(newCount) @@"
    return [head] + edits.map { "\($0.sign)\($0.text)" }
  }
}
