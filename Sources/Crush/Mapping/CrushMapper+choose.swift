import CrushKernel

extension CrushMapper {
  /// The item that a bucket of at least one gives for an input.
  ///
  /// - Parameters:
  ///   - r: which try it is
  ///   - position: in the result, which may have weights of its own
  @inline(__always)
  func choose(_ bucket: Bucket, _ x: UInt32, _ r: UInt32, _ position: Int, _ work: CrushWorkspace) -> Int32 {
    switch bucket.algorithm {
    case .straw2: chooseStraw2(bucket, x, r, position)
    case .uniform: choosePermutation(bucket, x, r, work)
    case .list: chooseList(bucket, x, r)
    case .tree: chooseTree(bucket, x, r)
    case .straw: chooseStraw(bucket, x, r)
    case nil: items[bucket.first]
    }
  }

  /// Each item draws a straw: the logarithm of a hash, divided by its weight; the longest wins, the first of those alike.
  @inline(__always)
  private func chooseStraw2(_ bucket: Bucket, _ x: UInt32, _ r: UInt32, _ position: Int) -> Int32 {
    let place = bucket.weights + min(position, bucket.positions - 1) * bucket.room
    let winner = crush_choose_straw2(
      hashed + bucket.first, straw2 + place, inverse + place, shortfall, UInt32(bucket.size), x, r)
    // Whose weight is 0 wins only where all weights are, and there Ceph takes the first.
    return items[bucket.first + (straw2[place + Int(winner)] > 0 ? Int(winner) : 0)]
  }

  /// The r-th of a permutation of the items, which is made as far as it is asked for.
  func choosePermutation(_ bucket: Bucket, _ x: UInt32, _ r: UInt32, _ work: CrushWorkspace) -> Int32 {
    let wanted = Int(r) % bucket.size
    let (order, known) = work.permutation(of: bucket, wanted: wanted)
    var next = known
    while next <= wanted {
      if next < bucket.size - 1 {
        let hash = CrushHash.hash(x, UInt32(bitPattern: bucket.id), UInt32(next))
        let other = next + Int(hash % UInt32(bucket.size - next))
        (order[next], order[other]) = (order[other], order[next])
      }
      next += 1
    }
    work.note(permutationOf: bucket, known: next)
    return items[bucket.first + Int(order[wanted])]
  }

  private func chooseList(_ bucket: Bucket, _ x: UInt32, _ r: UInt32) -> Int32 {
    let weights = words + bucket.weights
    let sums = weights + bucket.size
    let own = UInt32(bitPattern: bucket.id)
    for index in stride(from: bucket.size - 1, through: 0, by: -1) {
      let item = items[bucket.first + index]
      let hash = UInt64(CrushHash.hash(x, UInt32(bitPattern: item), r, own) & 0xffff)
      if (hash * UInt64(sums[index])) >> 16 < UInt64(weights[index]) { return item }
    }
    return items[bucket.first]
  }

  private func chooseTree(_ bucket: Bucket, _ x: UInt32, _ r: UInt32) -> Int32 {
    let weights = words + bucket.weights
    var node = bucket.nodes >> 1
    while node & 1 == 0 {
      let hash = CrushHash.hash(x, UInt32(node), r, UInt32(bitPattern: bucket.id))
      let point = (UInt64(hash) * UInt64(weights[node])) >> 32
      let half = 1 << (node.trailingZeroBitCount - 1)
      node = point < UInt64(weights[node - half]) ? node - half : node + half
    }
    return items[bucket.first + min(node >> 1, bucket.size - 1)]
  }

  private func chooseStraw(_ bucket: Bucket, _ x: UInt32, _ r: UInt32) -> Int32 {
    let straws = words + bucket.weights
    var (winner, longest) = (0, UInt64(0))
    for index in 0..<bucket.size {
      let draw = UInt64(CrushHash.hash(x, UInt32(bitPattern: items[bucket.first + index]), r) & 0xffff)
      let straw = draw * UInt64(straws[index])
      if index == 0 || straw > longest { (winner, longest) = (index, straw) }
    }
    return items[bucket.first + winner]
  }
}
