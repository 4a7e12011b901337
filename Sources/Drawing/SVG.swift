/// A drawing under way: elements of SVG, in the order in which they are painted. Lengths are in pixels.
public struct SVG: Sendable {
  private var body = ""
  public var width = 0.0
  public var height = 0.0

  public init() {}

  public mutating func rect(
    _ x: Double, _ y: Double, _ width: Double, _ height: Double, radius: Double = 0, fill: String,
    stroke: String = "none"
  ) {
    body += """
      <rect x="\(x.short)" y="\(y.short)" width="\(width.short)" height="\(height.short)" rx="\(radius.short)" \
      fill="\(fill)" stroke="\(stroke)"/>\n
      """
  }

  public mutating func circle(_ x: Double, _ y: Double, _ radius: Double, fill: String) {
    body += "<circle cx=\"\(x.short)\" cy=\"\(y.short)\" r=\"\(radius.short)\" fill=\"\(fill)\"/>\n"
  }

  /// A curve that leaves one point downwards and comes into the other one from above.
  public mutating func cable(from: (x: Double, y: Double), to: (x: Double, y: Double), color: String, width: Double) {
    let middle = (from.y + to.y) / 2
    body += """
      <path d="M\(from.x.short) \(from.y.short)C\(from.x.short) \(middle.short) \(to.x.short) \(middle.short) \
      \(to.x.short) \(to.y.short)" fill="none" stroke="\(color)" stroke-width="\(width.short)"/>\n
      """
  }

  public mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, color: String, width: Double) {
    body += """
      <path d="M\(x1.short) \(y1.short)L\(x2.short) \(y2.short)" stroke="\(color)" stroke-width="\(width.short)"/>\n
      """
  }

  public enum Anchor: String, Sendable { case start, middle, end }

  public mutating func text(
    _ text: String, _ x: Double, _ y: Double, size: Double = 12, color: String = Palette.ink, bold: Bool = false,
    mono: Bool = false, anchor: Anchor = .start, turned degrees: Double = 0
  ) {
    body += """
      <text x="\(x.short)" y="\(y.short)" font-size="\(size.short)" fill="\(color)"\(bold ? " font-weight=\"600\"" : "")\
      \(mono ? " class=\"mono\"" : "")\(anchor == .start ? "" : " text-anchor=\"\(anchor.rawValue)\"")\
      \(degrees == 0 ? "" : " transform=\"rotate(\(degrees.short) \(x.short) \(y.short))\"")>\(text.escaped)</text>\n
      """
  }

  /// The finished document, for people who cannot see it as well.
  public func document(title: String, description: String) -> String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width.short) \(height.short)" width="\(width.short)" \
    height="\(height.short)" role="img" font-family="Inter, 'Helvetica Neue', 'Segoe UI', 'DejaVu Sans', sans-serif">
    <title>\(title.escaped)</title>
    <desc>\(description.escaped)</desc>
    <style>.mono { font-family: 'JetBrains Mono', 'SF Mono', Menlo, 'DejaVu Sans Mono', monospace }</style>
    <rect width="100%" height="100%" fill="\(Palette.paper)"/>
    \(body)</svg>

    """
  }
}

extension Double {
  /// With one decimal at most, and none where it is zero.
  fileprivate var short: String {
    let tenths = (self * 10).rounded() / 10
    return tenths == tenths.rounded() ? "\(Int(tenths))" : "\(tenths)"
  }
}
