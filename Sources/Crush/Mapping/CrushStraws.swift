#if canImport(Glibc)
  import Glibc
#endif

/// The straws of the older `straw` buckets: how much longer each item's hash is made, so that it wins as often as its weight
/// says. Computed by a formula that is not quite right, in two versions; kept as they are, for data lies by them.
enum CrushStraws {
  /// - Parameters:
  ///   - weights: in 1/65536
  ///   - version: the tunable `straw_calc_version`
  /// - Returns: in 1/65536
  static func of(_ weights: [UInt32], version: Int) -> [UInt32] {
    let order = weights.indices.sorted { (weights[$0], $0) < (weights[$1], $1) }
    var straws = Array(repeating: UInt32(0), count: weights.count)
    var left = weights.count
    var (straw, below, last) = (1.0, 0.0, 0.0)
    var index = 0
    while index < order.count {
      let weight = weights[order[index]]
      guard weight > 0 else {
        index += 1
        if version > 0 { left -= 1 }
        continue
      }
      straws[order[index]] = UInt32(truncatingIfNeeded: Int64(straw * 0x10000))
      index += 1
      guard index < order.count else { break }
      let next = weights[order[index]]
      if version == 0, next == weight { continue }
      below += (Double(weight) - last) * Double(left)
      if version == 0 {
        left -= order[index...].prefix { weights[$0] == next }.count
      } else {
        left -= 1
      }
      // Ceph multiplies 32-bit numbers here.
      let above = Double(UInt32(truncatingIfNeeded: left) &* (next &- weight))
      straw *= pow(1 / (below / (below + above)), 1 / Double(left))
      last = Double(weight)
    }
    return straws
  }
}
