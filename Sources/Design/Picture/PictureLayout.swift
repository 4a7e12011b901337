/// Where everything of a picture stands, in pixels.
struct PictureLayout {
  struct Box {
    var x: Double
    var y: Double
    var width: Double
    var height: Double

    var top: (x: Double, y: Double) { (x + width / 2, y) }
    var bottom: (x: Double, y: Double) { (x + width / 2, y + height) }
  }

  struct RackBox {
    var title: String
    var box: Box
    var leaves: [String]
    var hosts: [String]

    /// Where the n-th leaf's cables run down.
    func rail(_ index: Int) -> Double { box.x + 18 + Double(index) * 9 }
  }

  private(set) var boxes: [String: Box] = [:]
  private(set) var racks: [RackBox] = []
  private(set) var spines: Set<String> = []
  /// In as many lines as the width asks for.
  private(set) var subtitle: [String] = []
  private(set) var width = 0.0
  private(set) var height = 0.0

  static let margin = 40.0
  private static let gap = 24.0
  private static let hostWidth = 236.0
  private static let hostHeight = 62.0
  private static let hostGap = 10.0
  private static let switchHeight = 44.0
  private static let titleHeight = 108.0
  private static let legendHeight = 64.0
  /// The least width that the title and the legend need.
  private static let leastWidth = 780.0
  /// Racks in one row; more of them go below, so that twenty racks make a picture and not a ribbon.
  private static let columns = 7

  init(_ design: Design, subtitle text: String) {
    let groups = Self.groups(design)
    let names = design.nodes.filter { $0.kind == .spine }.map(\.name)
    spines = Set(names)
    let columns = min(groups.count, Self.columns)
    let rackWidths = groups.map { $0.width }
    let rackWidth = rackWidths.max() ?? Self.hostWidth
    let content = Double(columns) * rackWidth + Double(max(0, columns - 1)) * Self.gap
    width = max(Self.leastWidth, content + 2 * Self.margin)
    subtitle = Self.wrapped(text, width: width - 2 * Self.margin)
    var y = Self.titleHeight + Double(subtitle.count - 1) * 18
    if !names.isEmpty {
      place(names, from: 0, to: width, y: y + 8, maxWidth: 130)
      y += 8 + Self.switchHeight + 72
    }
    var rest = groups[...]
    while !rest.isEmpty {
      let row = rest.prefix(columns)
      rest = rest.dropFirst(columns)
      let rowWidth = Double(row.count) * rackWidth + Double(row.count - 1) * Self.gap
      var x = (width - rowWidth) / 2
      let height = row.map(\.height).max() ?? 0
      for group in row {
        place(group, Box(x: x, y: y, width: rackWidth, height: height))
        x += rackWidth + Self.gap
      }
      y += height + Self.gap
    }
    height = y + Self.legendHeight - Self.gap / 2
  }

  /// Breaks a line between its parts where it is wider than the picture; a letter takes about 7 pixels.
  private static func wrapped(_ text: String, width: Double) -> [String] {
    var lines: [String] = []
    for part in text.split(separator: "  ·  ") {
      if let last = lines.last, Double(last.count + part.count + 5) * 7 <= width {
        lines[lines.count - 1] = "\(last)  ·  \(part)"
      } else {
        lines.append(String(part))
      }
    }
    return lines
  }

  /// A rack, or all hosts of a site without racks.
  private struct Group {
    var title: String
    var leaves: [String]
    var hosts: [String]

    /// Hosts without leaves stand side by side, at most four in a row; in a rack they stand below each other.
    var hostColumns: Int { leaves.isEmpty ? max(1, min(4, hosts.count)) : 1 }
    var inset: Double { leaves.isEmpty ? 16 : 30 + Double(leaves.count) * 9 }
    var header: Double { leaves.isEmpty ? 42 : 42 + PictureLayout.switchHeight + 34 }
    var width: Double {
      inset + Double(hostColumns) * (PictureLayout.hostWidth + PictureLayout.hostGap) - PictureLayout.hostGap + 16
    }
    var height: Double {
      let rows = (hosts.count + hostColumns - 1) / hostColumns
      return header + Double(rows) * (PictureLayout.hostHeight + PictureLayout.hostGap) + 8
    }
  }

  private static func groups(_ design: Design) -> [Group] {
    let hosts = design.nodes.filter { $0.kind == .host }
    guard design.hasFabric else { return [Group(title: "hosts", leaves: [], hosts: hosts.map(\.name))] }
    let leaves = design.nodes.filter { $0.kind == .leaf }
    let hostsOfRack = Dictionary(grouping: hosts, by: \.rack)
    let leavesOfRack = Dictionary(grouping: leaves, by: \.rack)
    var seen: Set<String> = []
    return leaves.compactMap(\.rack).filter { seen.insert($0).inserted }.map { rack in
      Group(
        title: "rack \(rack)", leaves: leavesOfRack[rack, default: []].map(\.name),
        hosts: hostsOfRack[rack, default: []].map(\.name))
    }
  }

  private mutating func place(_ group: Group, _ box: Box) {
    racks.append(RackBox(title: group.title, box: box, leaves: group.leaves, hosts: group.hosts))
    place(group.leaves, from: box.x + 8, to: box.x + box.width - 8, y: box.y + 38, maxWidth: 118)
    for (index, host) in group.hosts.enumerated() {
      let column = Double(index % group.hostColumns)
      let row = Double(index / group.hostColumns)
      boxes[host] = Box(
        x: box.x + group.inset + column * (Self.hostWidth + Self.hostGap),
        y: box.y + group.header + row * (Self.hostHeight + Self.hostGap), width: Self.hostWidth, height: Self.hostHeight
      )
    }
  }

  /// Spreads switches evenly over a width.
  private mutating func place(_ names: [String], from left: Double, to right: Double, y: Double, maxWidth: Double) {
    guard !names.isEmpty else { return }
    let slot = min((right - left) / Double(names.count), maxWidth * 1.6)
    let boxWidth = min(maxWidth, slot - 14)
    let start = (left + right - slot * Double(names.count)) / 2
    for (index, name) in names.enumerated() {
      let center = start + slot * (Double(index) + 0.5)
      boxes[name] = Box(x: center - boxWidth / 2, y: y, width: boxWidth, height: Self.switchHeight)
    }
  }
}
