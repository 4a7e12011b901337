/// Some OSDs in the order of how far they are from what they should hold, kept so while shards move.
struct UseOrder {
  private(set) var osds: [Int32]
  private var rank: [Int32]
  private var keys: [Double]

  /// - Parameters:
  ///   - osds: the least comes first
  ///   - count: of all OSDs
  init(_ osds: [Int32], count: Int, key: (Int) -> Double) {
    keys = Array(repeating: 0, count: count)
    for osd in osds { keys[Int(osd)] = key(Int(osd)) }
    let keys = keys
    self.osds = osds.sorted { (keys[Int($0)], $0) < (keys[Int($1)], $1) }
    rank = Array(repeating: -1, count: count)
    for (place, osd) in self.osds.enumerated() { rank[Int(osd)] = Int32(place) }
  }

  mutating func update(_ osd: Int32, key: Double) {
    guard rank[Int(osd)] >= 0 else { return }
    keys[Int(osd)] = key
    var place = Int(rank[Int(osd)])
    while place > 0, keys[Int(osds[place - 1])] > key { place = swap(place, place - 1) }
    while place + 1 < osds.count, keys[Int(osds[place + 1])] < key { place = swap(place, place + 1) }
  }

  mutating func remove(_ osd: Int32) {
    let place = Int(rank[Int(osd)])
    guard place >= 0 else { return }
    osds.remove(at: place)
    rank[Int(osd)] = -1
    for later in place..<osds.count { rank[Int(osds[later])] = Int32(later) }
  }

  private mutating func swap(_ place: Int, _ other: Int) -> Int {
    osds.swapAt(place, other)
    rank[Int(osds[place])] = Int32(place)
    rank[Int(osds[other])] = Int32(other)
    return other
  }
}
