import Drawing
import Site

/// A design as a picture: spines above, racks with their leaves and hosts below, and the cables between them.
public struct DesignPicture: Sendable {
  let design: Design
  let layout: PictureLayout

  public init(_ design: Design) {
    self.design = design
    layout = PictureLayout(design, subtitle: design.subtitle)
  }

  /// The picture as an SVG document.
  public var svg: String {
    var svg = SVG()
    svg.width = layout.width
    svg.height = layout.height
    drawTitle(&svg)
    drawUplinks(&svg)
    for rack in layout.racks {
      svg.rect(
        rack.box.x, rack.box.y, rack.box.width, rack.box.height, radius: 12, fill: Palette.card, stroke: Palette.edge)
      svg.text(rack.title, rack.box.x + 16, rack.box.y + 26, size: 13, color: Palette.faint, bold: true)
      drawDownlinks(rack, &svg)
    }
    for node in design.nodes { drawNode(node, &svg) }
    drawLegend(&svg)
    return svg.document(title: "Site \(design.site)", description: design.subtitle)
  }

  private func drawTitle(_ svg: inout SVG) {
    svg.text(design.site, PictureLayout.margin, 54, size: 26, bold: true)
    for (index, line) in layout.subtitle.enumerated() {
      svg.text(line, PictureLayout.margin, 80 + Double(index) * 18, size: 13, color: Palette.faint)
    }
  }

  /// Behind the racks, so that cables to a lower row do not cross what stands in an upper one.
  private func drawUplinks(_ svg: inout SVG) {
    var top: [String: Double] = [:]
    for rack in layout.racks {
      for leaf in rack.leaves { top[leaf] = rack.box.y }
    }
    for link in design.links where layout.spines.contains(link.a.node) {
      guard let upper = layout.boxes[link.a.node], let lower = layout.boxes[link.b.node], let y = top[link.b.node]
      else {
        continue
      }
      svg.cable(from: upper.bottom, to: (lower.top.x, y), color: Palette.uplink, width: 1.4)
    }
  }

  /// Each leaf has a rail of its own down the side of the rack, with a stub to every host: readable with many hosts.
  private func drawDownlinks(_ rack: PictureLayout.RackBox, _ svg: inout SVG) {
    for (rail, leaf) in rack.leaves.enumerated() {
      guard let box = layout.boxes[leaf] else { continue }
      if !layout.spines.isEmpty {
        svg.line(box.top.x, rack.box.y, box.top.x, box.y, color: Palette.uplink, width: 1.4)
      }
      let hosts = rack.hosts.compactMap { layout.boxes[$0] }
      guard let last = hosts.last else { continue }
      let x = rack.rail(rail)
      let start = box.bottom.y + 24
      let offset = 20 + Double(rail) * 7
      svg.cable(from: box.bottom, to: (x, start), color: Palette.downlink, width: 1.6)
      svg.line(x, start, x, last.y + offset, color: Palette.downlink, width: 1.6)
      for host in hosts {
        svg.line(x, host.y + offset, host.x, host.y + offset, color: Palette.downlink, width: 1.6)
        svg.circle(x, host.y + offset, 2.4, fill: Palette.uplink)
      }
    }
  }

  private func drawNode(_ node: Node, _ svg: inout SVG) {
    guard let box = layout.boxes[node.name] else { return }
    guard node.kind == .host else {
      svg.rect(
        box.x, box.y, box.width, box.height, radius: 7, fill: node.kind == .spine ? Palette.spine : Palette.leaf)
      svg.text(node.name, box.x + box.width / 2, box.y + 19, size: 12.5, color: "#ffffff", bold: true, anchor: .middle)
      svg.text(
        "AS \(node.asn.map { "\($0)" } ?? "–")", box.x + box.width / 2, box.y + 34, size: 9.5, color: "#dfe6f3",
        anchor: .middle)
      return
    }
    svg.rect(box.x, box.y, box.width, box.height, radius: 8, fill: "#fbfcfe", stroke: Palette.edge)
    svg.text(node.name, box.x + 12, box.y + 22, size: 13.5, bold: true)
    svg.text(
      "\(node.service)", box.x + box.width - 12, box.y + 21, size: 10.5, color: Palette.faint, mono: true, anchor: .end)
    var x = box.x + 12
    for badge in badges(of: node) {
      let width = badge.width
      svg.rect(x, box.y + 34, width, 17, radius: 8.5, fill: badge.filled ? badge.color : "none", stroke: badge.color)
      svg.text(
        badge.text, x + width / 2, box.y + 46, size: 10, color: badge.filled ? "#ffffff" : badge.color, bold: true,
        anchor: .middle)
      x += width + 5
    }
  }

  /// What runs on a host: filled where the design placed it, outlined where the role only allows it.
  private func badges(of node: Node) -> [Badge] {
    var badges: [Badge] = []
    let isMon = design.ceph?.mons.contains(node.name) == true
    let isMgr = design.ceph?.mgrs.contains(node.name) == true
    if isMon { badges.append(Badge("mon", Palette.control, filled: true)) }
    if isMgr { badges.append(Badge("mgr", Palette.control, filled: true)) }
    if node.roles.contains(.control), !isMon, !isMgr { badges.append(Badge("control", Palette.control)) }
    if !node.disks.isEmpty {
      badges.append(Badge("\(node.disks.count) OSD\(node.disks.count == 1 ? "" : "s")", Palette.storage, filled: true))
    }
    if node.roles.contains(.compute) { badges.append(Badge("compute", Palette.compute)) }
    return badges
  }

  private func drawLegend(_ svg: inout SVG) {
    let y = layout.height - 26
    var x = PictureLayout.margin
    let entries: [(Badge, String)] = [
      (Badge("mon", Palette.control, filled: true), "monitor"),
      (Badge("mgr", Palette.control, filled: true), "manager"),
      (Badge("control", Palette.control), "may take over"),
      (Badge("OSDs", Palette.storage, filled: true), "disks in Ceph"),
      (Badge("compute", Palette.compute), "runs VMs"),
    ]
    for (badge, meaning) in entries {
      svg.rect(
        x, y - 12, badge.width, 17, radius: 8.5, fill: badge.filled ? badge.color : "none", stroke: badge.color)
      svg.text(
        badge.text, x + badge.width / 2, y, size: 10, color: badge.filled ? "#ffffff" : badge.color, bold: true,
        anchor: .middle)
      svg.text(meaning, x + badge.width + 6, y + 0.5, size: 11, color: Palette.faint)
      x += badge.width + 6 + Double(meaning.count) * 5.8 + 22
      if x > layout.width - 150 { return }
    }
    guard design.hasFabric else { return }
    svg.line(x, y - 4, x + 24, y - 4, color: Palette.uplink, width: 1.6)
    svg.text("BGP session with BFD", x + 30, y + 0.5, size: 11, color: Palette.faint)
  }
}

extension Design {
  /// The site in a line.
  fileprivate var subtitle: String {
    var parts = ["\(hosts.count) host\(hosts.count == 1 ? "" : "s")"]
    let racks = Set(nodes.compactMap(\.rack)).count
    if racks > 0 { parts.append("\(racks) rack\(racks == 1 ? "" : "s")") }
    if let ceph { parts.append("\(ceph.osds.count) OSD\(ceph.osds.count == 1 ? "" : "s")") }
    if let capacity { parts.append("\(capacity.usable) usable of \(capacity.raw)") }
    let survived = [("storage", survive.storage), ("network", survive.network), ("control", survive.control)]
      .filter { $0.1 != .none }.map { "any one \($0.1.rawValue) (\($0.0))" }
    if !survived.isEmpty { parts.append("survives the loss of \(survived.joined(separator: ", "))") }
    return parts.joined(separator: "  ·  ")
  }
}

/// A small label of a host.
private struct Badge {
  let text: String
  let color: String
  let filled: Bool

  init(_ text: String, _ color: String, filled: Bool = false) {
    self.text = text
    self.color = color
    self.filled = filled
  }

  var width: Double { Double(text.count) * 6.3 + 14 }
}
