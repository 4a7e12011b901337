import Site

/// On which hosts monitors and managers run.
struct Quorum {
  var mons: [String]
  var mgrs: [String]

  /// Takes the first control host of each rack (in a site without racks: the hosts themselves), in the order of the
  /// file, then the second of each, and so on. What is added at the end of the file moves nothing.
  init(_ site: Site) {
    let control = site.controlHosts
    let candidates = site.isRacked ? Self.acrossRacks(control, of: site) : control.map(\.name)
    let racks = Set(control.compactMap(\.rack)).count
    let count = Self.monCount(hosts: control.count, racks: racks, of: site.hosts.count)
    // Five are no gain where a rack's loss takes three of them, and three would have lost one only.
    let rackOf = Dictionary(control.map { ($0.name, $0.rack) }) { first, _ in first }
    let perRack = Dictionary(grouping: candidates.prefix(count).compactMap { rackOf[$0] ?? nil }) { $0 }.values
    let isUneven = racks >= 3 && perRack.contains { $0.count > count / 2 }
    mons = Array(candidates.prefix(isUneven ? 3 : count))
    // One active, one standby. The candidates come domain by domain, so the two are apart.
    mgrs = Array(candidates.prefix(2))
  }

  /// 1, 3 or 5: an even number survives no more than the odd one below it. Five pay off, for two losses at once, where
  /// five racks can hold them, or where so many hosts depend on them that one is often in maintenance.
  static func monCount(hosts: Int, racks: Int, of all: Int) -> Int {
    if hosts < 3 { return 1 }
    return racks >= 5 || (hosts >= 5 && all > 50) ? 5 : 3
  }

  private static func acrossRacks(_ hosts: [Host], of site: Site) -> [String] {
    let ofRack = Dictionary(grouping: hosts, by: \.rack)
    let columns = site.racks.map { ofRack[$0.name, default: []] }
    let depth = columns.map(\.count).max() ?? 0
    return (0..<depth).flatMap { row in columns.filter { row < $0.count }.map { $0[row].name } }
  }
}
