/// Columns of text, each as wide as its widest cell.
public struct TextTable: Sendable {
  private var rows: [[String]]

  /// An empty table with these column titles.
  public init(_ head: String...) { self.init(head) }

  public init(_ head: [String]) { rows = [head] }

  /// A row; empty cells are shown as a dash.
  public mutating func add(_ cells: String?...) { add(cells) }

  public mutating func add(_ cells: [String?]) {
    rows.append(cells.map { $0.flatMap { $0.isEmpty ? nil : $0 } ?? "–" })
  }

  /// Indented lines, without trailing spaces.
  public var text: String {
    let count = rows.map(\.count).max() ?? 0
    let widths = (0..<count).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
    return rows.map { row in
      var line = "  "
      for (column, cell) in row.enumerated() {
        line += cell
        if column < row.count - 1 { line += String(repeating: " ", count: widths[column] - cell.count + 2) }
      }
      while line.last == " " { line.removeLast() }
      return line + "\n"
    }.joined()
  }
}
