/// The inner nodes of a `tree` bucket: a binary tree in an array, leaves at odd places.
struct CrushTreeNodes {
  private(set) var weights: [UInt32]

  init(_ items: [UInt32]) {
    guard !items.isEmpty else {
      weights = []
      return
    }
    var depth = 1
    var rest = items.count - 1
    while rest > 0 {
      rest >>= 1
      depth += 1
    }
    weights = Array(repeating: 0, count: 1 << depth)
    for (index, weight) in items.enumerated() {
      var node = 2 * index + 1
      weights[node] = weight
      for _ in 1..<depth {
        let half = 1 << node.trailingZeroBitCount
        node = node & half << 1 == 0 ? node + half : node - half
        weights[node] &+= weight
      }
    }
  }
}
