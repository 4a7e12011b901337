/// What one thread needs while it maps.
public final class CrushWorkspace {
  /// What a rule has chosen: devices, or `CrushMapper.none`.
  public fileprivate(set) var result: [Int32] = []

  /// Buckets or devices that the next step begins with, those that it gives, and the devices below them.
  var from: [Int32] = []
  let to: UnsafeMutablePointer<Int32>
  let leaves: UnsafeMutablePointer<Int32>
  private let orders: UnsafeMutablePointer<UInt32>
  /// Bucket to how much of its permutation is known, and for which input.
  private var known: [(input: UInt64, count: Int)]
  private var input: UInt64 = 0

  /// - Parameter size: the most that a rule gives
  public init(for mapper: CrushMapper, size: Int) {
    let room = max(size, 1)
    to = .allocate(capacity: room)
    leaves = .allocate(capacity: room)
    orders = .allocate(capacity: max(mapper.itemCount, 1))
    known = Array(repeating: (0, 0), count: mapper.buckets.count)
  }

  deinit {
    to.deallocate()
    leaves.deallocate()
    orders.deallocate()
  }

  func begin() {
    result.removeAll(keepingCapacity: true)
    from.removeAll(keepingCapacity: true)
    input += 1
  }

  func emit(upTo size: Int) {
    result += from.prefix(size - result.count)
    from.removeAll(keepingCapacity: true)
  }

  /// What a rule has chosen without these steps.
  func put(_ devices: [Int32]) { result = devices }

  func permutation(of bucket: CrushMapper.Bucket, wanted: Int) -> (UnsafeMutablePointer<UInt32>, Int) {
    let order = orders + bucket.first
    let index = Int(-1 - bucket.id)
    if known[index].input != input {
      known[index] = (input, 0)
      for position in 0..<bucket.size { order[position] = UInt32(position) }
    }
    return (order, known[index].count)
  }

  func note(permutationOf bucket: CrushMapper.Bucket, known count: Int) { known[Int(-1 - bucket.id)].count = count }
}
