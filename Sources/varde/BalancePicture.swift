import Crush
import Drawing

/// How many OSDs are how full, before and after a balancing: a histogram for each class of devices.
struct BalancePicture {
  private let balancing: Balancing
  private static let (width, height, margin) = (720.0, 200.0, 48.0)

  init(_ balancing: Balancing) { self.balancing = balancing }

  var svg: String {
    var picture = SVG()
    picture.width = Self.width + 2 * Self.margin
    var top = Self.margin
    for (name, uses) in balancing.uses.sorted(by: { $0.key < $1.key }) {
      draw(Histogram(uses.before, uses.after), name, at: top, in: &picture)
      top += Self.height + 2 * Self.margin
    }
    picture.height = top
    return picture.document(
      title: "Use of the OSDs before and after balancing",
      description: balancing.report.after.classes.map { "\($0.deviceClass): fullest \($0.max)" }.joined(separator: ", ")
    )
  }

  private func draw(_ histogram: Histogram, _ name: String, at top: Double, in picture: inout SVG) {
    let bottom = top + Self.height
    picture.text("\(name): OSDs by use", Self.margin, top - 16, size: 15, bold: true)
    for (place, label, colour) in [(0.0, "before", Palette.uplink), (80, "after", Palette.storage)] {
      picture.rect(Self.width - 100 + place, top - 26, 10, 10, fill: colour)
      picture.text(label, Self.width - 86 + place, top - 17)
    }
    let largest = Double(histogram.bins.map { max($0.before, $0.after) }.max() ?? 1)
    let step = Self.width / Double(max(histogram.bins.count, 1))
    for (index, bin) in histogram.bins.enumerated() {
      let left = Self.margin + Double(index) * step
      for (count, offset, colour) in [(bin.before, 0.0, Palette.uplink), (bin.after, 0.45, Palette.storage)]
      where count > 0 {
        let tall = Double(count) / largest * (Self.height - 20)
        picture.rect(left + step * offset, bottom - tall, step * 0.42, tall, fill: colour)
        picture.text("\(count)", left + step * (offset + 0.21), bottom - tall - 4, size: 10, anchor: .middle)
      }
      picture.text("\(bin.from)", left, bottom + 16, size: 10, color: Palette.faint, anchor: .middle)
    }
    picture.line(Self.margin, bottom, Self.margin + Self.width, bottom, color: Palette.edge, width: 1)
    picture.text("% of the OSD", Self.margin + Self.width, bottom + 32, size: 10, color: Palette.faint, anchor: .end)
  }
}
