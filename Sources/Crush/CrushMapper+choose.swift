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
  ///
  /// What a straw lacks, n / w, rounded down, is less than that of the best one, an integer b, just where n < b × w. That
  /// product is exact, or else so large that rounding does not matter: n is below 2^48.
  @inline(__always)
  private func chooseStraw2(_ bucket: Bucket, _ x: UInt32, _ r: UInt32, _ position: Int) -> Int32 {
    let weights = straw2 + bucket.weights + min(position, bucket.positions - 1) * bucket.room
    let inputs = UnsafeRawPointer(hashed + bucket.first)
    let (x, r, mask) = (SIMD4(repeating: x), SIMD4(repeating: r), SIMD4<UInt32>(repeating: 0xffff))
    var best = Double.infinity
    var winner = 0
    for start in stride(from: 0, to: bucket.size, by: 4) {
      let input = inputs.loadUnaligned(fromByteOffset: start * 4, as: SIMD4<UInt32>.self)
      let draw = CrushHash.hash(x, input, r) & mask
      for lane in 0..<4 {
        let lacking = shortfall[Int(draw[lane])]
        let weight = weights[start + lane]
        if lacking < best * weight {
          best = (lacking / weight).rounded(.down)
          winner = start + lane
        }
      }
    }
    return items[bucket.first + winner]
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
