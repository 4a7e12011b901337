/// What a CRUSH rule demands of the OSDs of a placement group: where they may lie, and what they may not share. Whoever
/// chose them.
struct PlacementRule: Sendable {
  /// One `take … emit`.
  struct Block: Sendable {
    /// Of each choice in turn: how many buckets it gives, and OSD to bucket of its type (or `none`).
    var levels: [(count: Int, bucket: [Int32])]
    /// OSDs below what is taken, with a weight.
    var osds: [Int32]
    /// OSD to whether it is one of them.
    var isMember: [Bool]
    /// OSDs that it gives for a group.
    var size: Int

    static let none = Int32.min
  }

  let blocks: [Block]

  /// `nil` for a rule that is not made of takes, choices and emits alone, or that does not end in OSDs.
  init?(_ rule: CrushRule, _ map: OSDMap, size: Int) {
    var blocks: [Block] = []
    var taken: Int?
    var choices: [(count: Int, type: Int, toLeaf: Bool)] = []
    for step in rule.steps {
      switch step {
      case .take(let item):
        taken = item
        choices = []
      case .choose(let count, let type, _, let toLeaf):
        choices.append((count > 0 ? count : size + count, type, toLeaf))
      case .chooseMSR(let count, let type): choices.append((count > 0 ? count : size, type, false))
      case .emit:
        guard let root = taken, let last = choices.last, last.toLeaf || last.type == 0,
          choices.allSatisfy({ $0.count > 0 })
        else { return nil }
        blocks.append(Self.block(map, root, choices, size))
        taken = nil
      default: break
      }
    }
    guard !blocks.isEmpty, taken == nil else { return nil }
    self.blocks = blocks
  }

  private static func block(
    _ map: OSDMap, _ root: Int, _ choices: [(count: Int, type: Int, toLeaf: Bool)], _ size: Int
  ) -> Block {
    var levels = choices.map { ($0.count, Array(repeating: Block.none, count: map.osds.count)) }
    var osds: [Int32] = []
    var isMember = Array(repeating: false, count: map.osds.count)
    var path: [Int] = []
    func descend(_ id: Int) {
      guard id < 0 else {
        guard isMember.indices.contains(id), !isMember[id] else { return }
        let above = choices.map { choice in
          choice.type == 0 ? id : path.last { map.crush.buckets[$0]?.type == choice.type }
        }
        // CRUSH never comes to one that is in no bucket of a type that is chosen.
        guard !above.contains(nil) else { return }
        isMember[id] = true
        osds.append(Int32(id))
        for (index, bucket) in above.enumerated() { levels[index].1[id] = bucket.map(Int32.init) ?? Block.none }
        return
      }
      guard let bucket = map.crush.buckets[id] else { return }
      path.append(id)
      for (item, weight) in zip(bucket.items, bucket.weights) where weight > 0 { descend(item) }
      path.removeLast()
    }
    descend(root)
    return Block(
      levels: levels.map { (count: $0.0, bucket: $0.1) }, osds: osds.sorted(), isMember: isMember,
      size: min(choices.reduce(1) { $0 * $1.count }, size))
  }

  /// Whether one choice gives all OSDs: then what it allows the monitors take, too.
  var isOneChoice: Bool { blocks.count == 1 && blocks[0].levels.count == 1 }

  /// Positions of a group that a block fills.
  func positions(of block: Int, size: Int) -> Range<Int> {
    let start = min(blocks[..<block].reduce(0) { $0 + $1.size }, size)
    return start..<min(start + blocks[block].size, size)
  }

  /// Whether a group may lie so.
  func allows(_ row: ArraySlice<Int32>) -> Bool {
    for index in blocks.indices {
      let positions = positions(of: index, size: row.count)
      let part = row[(row.startIndex + positions.lowerBound)..<(row.startIndex + positions.upperBound)]
      if !blocks[index].allows(part) { return false }
    }
    return blocks.reduce(0) { $0 + $1.size } >= row.count
  }
}

extension PlacementRule.Block {
  func allows(_ row: ArraySlice<Int32>) -> Bool {
    for (index, osd) in row.enumerated() where osd != CrushMapper.none {
      guard isMember.indices.contains(Int(osd)), isMember[Int(osd)],
        !row.prefix(index).contains(osd)
      else { return false }
    }
    return allows(row.filter { $0 != CrushMapper.none }, level: 0)
  }

  /// No more buckets than the choice gives, and in none of them more OSDs than the choices that follow give.
  private func allows(_ osds: [Int32], level: Int) -> Bool {
    guard level < levels.count else { return true }
    var groups: [Int32: [Int32]] = [:]
    for osd in osds {
      let bucket = levels[level].bucket[Int(osd)]
      if bucket == Self.none { return false }
      groups[bucket, default: []].append(osd)
    }
    guard groups.count <= levels[level].count else { return false }
    let each = levels[(level + 1)...].reduce(1) { $0 * $1.count }
    return groups.values.allSatisfy { $0.count <= each && allows($0, level: level + 1) }
  }
}
