/// A CRUSH map made ready to map many inputs: flat, with one set of `choose_args`.
///
/// It finds the same devices as Ceph's `crush_do_rule`, bit by bit. Faster by hashing sixteen items at once, and by comparing
/// straws without dividing (`CrushKernel`).
public final class CrushMapper: @unchecked Sendable {
  /// One bucket; all that it has lies in the arrays below.
  struct Bucket {
    var id: Int32 = 0
    var type: Int32 = 0
    var algorithm: CrushBucket.Algorithm?
    var size = 0
    /// Where its items, and what is hashed for them, begin.
    var first = 0
    /// Where its weights begin: for straw2, those of the first position.
    var weights = 0
    /// How many sets of weights it has.
    var positions = 1
    /// Nodes of a tree.
    var nodes = 0

    /// Up to the next sixteen.
    var room: Int { (size + 15) & ~15 }
  }

  /// Number of a device that there is none of, in results of rules that keep positions.
  public static let none: Int32 = 0x7fff_ffff
  static let undefined: Int32 = 0x7fff_fffe

  let tunables: CrushTunables
  let maxDevices: Int32
  let buckets: [Bucket]
  /// Items' numbers.
  let items: UnsafeMutablePointer<Int32>
  /// What is hashed for items: their numbers, or those of `choose_args`.
  let hashed: UnsafeMutablePointer<UInt32>
  /// Weights of straw2; 0 where there is no item.
  let straw2: UnsafeMutablePointer<Double>
  /// 1 / weight, or what makes any straw the shortest.
  let inverse: UnsafeMutablePointer<Double>
  /// Weights and sums of lists, nodes of trees, straws.
  let words: UnsafeMutablePointer<UInt32>
  let shortfall = CrushLogarithm.shortfall
  let itemCount: Int

  /// - Parameter chooseArgs: bucket's number to what takes the place of its weights
  public init(_ map: CrushMap, chooseArgs: [Int: CrushChooseArgs] = [:]) {
    tunables = map.tunables
    maxDevices = Int32(map.maxDevices)
    var buckets: [Bucket] = Array(repeating: Bucket(), count: map.buckets.keys.map { -$0 }.max() ?? 0)
    var items: [Int32] = []
    var hashed: [UInt32] = []
    var straw2: [Double] = []
    var words: [UInt32] = []
    for (id, bucket) in map.buckets {
      let args = chooseArgs[id]
      var ready = Bucket(
        id: Int32(id), type: Int32(bucket.type), algorithm: bucket.algorithm, size: bucket.items.count,
        first: items.count)
      items += Self.fit(bucket.items.map(Int32.init), ready.room)
      hashed += Self.fit((args?.ids ?? bucket.items).map { UInt32(truncatingIfNeeded: $0) }, ready.room)
      switch bucket.algorithm {
      case .straw2:
        let sets = args.flatMap { $0.weightSet.isEmpty ? nil : $0.weightSet } ?? [bucket.weights]
        ready.weights = straw2.count
        ready.positions = sets.count
        for set in sets { straw2 += Self.fit(set.prefix(ready.size).map(Double.init), ready.room) }
      case .list:
        ready.weights = words.count
        var sum: UInt32 = 0
        words += bucket.weights
        words += bucket.weights.map {
          sum &+= $0
          return sum
        }
      case .tree:
        let nodes = CrushTreeNodes(bucket.weights)
        ready.weights = words.count
        ready.nodes = nodes.weights.count
        words += nodes.weights
      case .straw:
        ready.weights = words.count
        words += bucket.straws ?? CrushStraws.of(bucket.weights, version: map.tunables.strawCalcVersion)
      case .uniform: break
      }
      buckets[-1 - id] = ready
    }
    self.buckets = buckets
    itemCount = items.count
    self.items = Self.copy(items)
    self.hashed = Self.copy(hashed)
    self.straw2 = Self.copy(straw2)
    inverse = Self.copy(straw2.map { $0 > 0 ? 1 / $0 : 1e280 })
    self.words = Self.copy(words)
  }

  deinit {
    items.deallocate()
    hashed.deallocate()
    straw2.deallocate()
    inverse.deallocate()
    words.deallocate()
  }

  /// So many: what is missing, in a broken map or behind the last item, is 0.
  private static func fit<Number: Numeric>(_ numbers: [Number], _ count: Int) -> [Number] {
    Array((numbers + Array(repeating: 0, count: max(0, count - numbers.count))).prefix(count))
  }

  private static func copy<Element>(_ elements: [Element]) -> UnsafeMutablePointer<Element> {
    let memory = UnsafeMutablePointer<Element>.allocate(capacity: max(elements.count, 1))
    memory.initialize(from: elements, count: elements.count)
    return memory
  }

  /// The bucket of a negative number, if there is one.
  @inline(__always)
  func bucket(_ id: Int32) -> Bucket? {
    let index = Int(-1 - id)
    guard index >= 0, index < buckets.count, buckets[index].algorithm != nil else { return nil }
    return buckets[index]
  }
}
