/// Rules that retry across their steps (MSR, Ceph 19 and later): what is out is looked for from the root again, so that
/// another host takes the place of one that is out as a whole. After Ceph's `crush_msr_do_rule`.
extension CrushMapper {
  /// As `map`, of such a rule. One that is not well formed finds nothing.
  func mapMSR(
    _ rule: CrushRule, x: UInt32, size: Int, reweights: UnsafeBufferPointer<UInt32>, _ work: CrushWorkspace
  ) {
    guard let form = MSRForm(rule, tunables, size: size) else { return }
    var search = MSRSearch(mapper: self, form: form, x: x, size: size, reweights: reweights, work: work)
    work.put(search.result())
  }
}

/// What an MSR rule says: settings, then blocks of `take`, `choosemsr` and `emit`.
private struct MSRForm {
  struct Choice {
    var count: Int
    var type: Int32
  }

  struct Block {
    var root: Int32
    var choices: [Choice]

    /// Places that its choices fill, if all are found.
    var width: Int { choices.reduce(1) { $0 * $1.count } }
  }

  var descents: Int
  var collisionTries: Int
  var blocks: [Block] = []
  /// Whether what is not found leaves no gap.
  var isFirstN: Bool

  /// More places than any pool has: what more choices would fill is cut off.
  private static let widest = 1 << 24

  /// `nil` where a rule has another form.
  init?(_ rule: CrushRule, _ tunables: CrushTunables, size: Int) {
    (descents, collisionTries) = (tunables.msrDescents, tunables.msrCollisionTries)
    isFirstN = rule.kind == 4
    var open: Block?
    for step in rule.steps {
      switch step {
      case .setMSRDescents(let count) where open == nil && blocks.isEmpty: descents = count
      case .setMSRCollisionTries(let count) where open == nil && blocks.isEmpty: collisionTries = count
      case .take(let item) where open == nil: open = Block(root: Int32(item), choices: [])
      case .chooseMSR(let count, let type):
        open?.choices.append(Choice(count: count == 0 ? size : count, type: Int32(type)))
        guard let open, open.width <= Self.widest else { return nil }
      case .emit:
        guard let block = open, block.root < 0 || block.choices.isEmpty else { return nil }
        blocks.append(block)
        open = nil
      default: return nil
      }
    }
    guard open == nil else { return nil }
  }
}

/// One input on its way through a rule.
private struct MSRSearch {
  let mapper: CrushMapper
  let form: MSRForm
  let x: UInt32
  let size: Int
  let reweights: UnsafeBufferPointer<UInt32>
  let work: CrushWorkspace

  private var out: [Int32]
  private var found = 0
  /// Of each choice of a block: what has been chosen for each place.
  private var chosen: [[Int32]] = []

  init(
    mapper: CrushMapper, form: MSRForm, x: UInt32, size: Int, reweights: UnsafeBufferPointer<UInt32>,
    work: CrushWorkspace
  ) {
    (self.mapper, self.form, self.x, self.size) = (mapper, form, x, size)
    (self.reweights, self.work) = (reweights, work)
    out = Array(repeating: CrushMapper.none, count: size)
  }

  mutating func result() -> [Int32] {
    var start = 0
    for block in form.blocks where start < size {
      let end = min(start + block.width, size)
      if block.root >= 0 {
        emit(block.root, at: start)
      } else if let root = mapper.bucket(block.root), !block.choices.isEmpty {
        chosen = Array(repeating: Array(repeating: CrushMapper.undefined, count: size), count: block.choices.count)
        let wanted = found + end - start
        var descent = 0
        while descent < form.descents, found < wanted {
          _ = choose(from: root, block, choice: 0, width: block.width, start..<end, descent: descent)
          descent += 1
        }
      }
      start = end
    }
    return form.isFirstN ? Array(out.prefix(found)) : out
  }

  private mutating func emit(_ device: Int32, at place: Int) {
    out[form.isFirstN ? found : place] = device
    found += 1
  }

  /// Fills places that are still empty, each stretch of them from another item.
  ///
  /// - Parameter width: how many places the choice divides; there may be fewer
  /// - Returns: how many were filled
  private mutating func choose(
    from bucket: CrushMapper.Bucket, _ block: MSRForm.Block, choice: Int, width: Int, _ places: Range<Int>, descent: Int
  ) -> Int {
    let (count, type) = (block.choices[choice].count, block.choices[choice].type)
    let length = width / count
    let isLast = choice + 1 == block.choices.count
    var filled = 0
    // What led to nothing still stands in others' way until the end of this descent.
    var inVain: [Range<Int>] = []
    for (stretch, start) in stride(from: places.lowerBound, to: places.upperBound, by: length).enumerated() {
      let own = start..<min(start + length, places.upperBound)
      guard chosen[block.choices.count - 1][own].contains(CrushMapper.undefined),
        let item = candidate(from: bucket, type, choice, places, own, stretch, descent)
      else { continue }
      if type == 0 {
        guard length == 1, isLast, !mapper.isOut(item, x, reweights) else { continue }
        note(item, choice, own)
        emit(item, at: start)
        filled += 1
      } else if !isLast, let next = mapper.bucket(item) {
        let below = choose(from: next, block, choice: choice + 1, width: length, own, descent: descent)
        if note(item, choice, own), below == 0 { inVain.append(own) } else { filled += below }
      }
    }
    for own in inVain {
      if let last = chosen[choice][own].lastIndex(where: { $0 != CrushMapper.undefined }) {
        chosen[choice][last] = CrushMapper.undefined
      }
    }
    return filled
  }

  /// An item that no other stretch has.
  private func candidate(
    from bucket: CrushMapper.Bucket, _ type: Int32, _ choice: Int, _ places: Range<Int>, _ own: Range<Int>,
    _ stretch: Int, _ descent: Int
  ) -> Int32? {
    let index = UInt32(truncatingIfNeeded: descent &* size &+ stretch)
    for collision in 0..<max(form.collisionTries, 0) {
      let r = index << 16 &+ UInt32(truncatingIfNeeded: collision)
      guard let item = descend(from: bucket, to: type, r, position: stretch) else { continue }
      guard let place = chosen[choice][places].firstIndex(of: item), !own.contains(place) else { return item }
    }
    return nil
  }

  private func descend(from start: CrushMapper.Bucket, to type: Int32, _ r: UInt32, position: Int) -> Int32? {
    var bucket = start
    while bucket.size > 0 {
      let item = mapper.choose(bucket, x, r, position, work)
      guard item < 0 else { return type == 0 ? item : nil }
      guard let next = mapper.bucket(item) else { return nil }
      if next.type == type { return item }
      bucket = next
    }
    return nil
  }

  /// - Returns: whether the stretch did not have it yet
  @discardableResult
  private mutating func note(_ item: Int32, _ choice: Int, _ own: Range<Int>) -> Bool {
    for place in own {
      if chosen[choice][place] == item { return false }
      if chosen[choice][place] == CrushMapper.undefined {
        chosen[choice][place] = item
        return true
      }
    }
    return false
  }
}
