import Design
import Drawing

/// A proof as a picture: a field for each failure and guarantee, or for each pair of failures, coloured by the worst that
/// breaks.
public struct ProofPicture: Sendable {
  private let title: String
  private let subtitle: String
  private let matrix: ProofMatrix

  private static let cell = 20.0
  private static let margin = 40.0
  private static let letter = 6.2

  /// - Parameters: see `Proof`
  public init(_ design: Design, depth: Int = 1, kinds: Set<FailureKind> = Set(FailureKind.allCases)) {
    title = design.site
    matrix = depth == 1 ? .singles(design, kinds) : .pairs(design, kinds)
    subtitle =
      depth == 1
      ? "what each single failure breaks"
      : "the worst that two failures break together; above the diagonal apart, below it in one rack or host"
  }

  /// The picture as an SVG document.
  public var svg: String {
    var svg = SVG()
    let left = Self.margin + Double(matrix.rows.map(\.count).max() ?? 0) * Self.letter + 12
    let top = 110 + Double(matrix.columns.map(\.count).max() ?? 0) * Self.letter * 0.75
    svg.width = max(left + Double(matrix.columns.count) * Self.cell + 160, 720)
    svg.height = top + Double(matrix.rows.count) * Self.cell + 70
    svg.text(title, Self.margin, 50, size: 24, bold: true)
    svg.text(subtitle, Self.margin, 74, size: 13, color: Palette.faint)
    for (column, name) in matrix.columns.enumerated() {
      svg.text(
        name, left + (Double(column) + 0.6) * Self.cell, top - 8, size: 11, color: Palette.ink, turned: -50)
    }
    for (row, name) in matrix.rows.enumerated() {
      let y = top + Double(row) * Self.cell
      svg.text(name, left - 10, y + 14, size: 11, anchor: .end)
      for (column, field) in matrix.fields[row].enumerated() {
        guard let colour = field.colour else { continue }
        svg.rect(
          left + Double(column) * Self.cell, y, Self.cell - 2, Self.cell - 2, radius: 3, fill: colour)
      }
    }
    drawLegend(&svg, y: svg.height - 34)
    return svg.document(title: "What \(title) survives", description: subtitle)
  }

  private func drawLegend(_ svg: inout SVG, y: Double) {
    let entries: [(ProofMatrix.Field, String)] = [
      (.holds, "everything holds"), (.breaks(.network), "hosts are cut off"), (.breaks(.control), "no quorum"),
      (.breaks(.storageIO), "I/O stops"), (.breaks(.storageData), "data may be lost"),
    ]
    var x = Self.margin
    for (field, meaning) in entries {
      svg.rect(x, y - 12, 16, 16, radius: 3, fill: field.colour ?? Palette.card)
      svg.text(meaning, x + 22, y, size: 11, color: Palette.faint)
      x += 34 + Double(meaning.count) * 5.8 + 12
    }
  }
}

extension ProofMatrix.Field {
  /// From light to dark as it gets worse, so that the shades alone tell, too.
  fileprivate var colour: String? {
    switch self {
    case .none: nil
    case .holds: "#d5ebe4"
    case .breaks(.capacity): "#f2d9a6"
    case .breaks(.network): "#e8b04b"
    case .breaks(.control): "#a886d1"
    case .breaks(.storageIO): "#cf5b3f"
    case .breaks(.storageData): "#6d1f2d"
    }
  }
}
