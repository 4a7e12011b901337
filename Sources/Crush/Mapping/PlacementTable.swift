import Dispatch

/// The OSDs of each placement group of a pool, a row for each group.
public struct PlacementTable: Sendable {
  /// What is asked for each group.
  public enum Kind: Sendable {
    /// What CRUSH says, before anything is said of single groups.
    case raw
    /// With what is said of single groups, whether the OSDs are up or not.
    case upmapped
    /// Those that serve it now.
    case acting
  }

  public let pool: OSDMap.Pool
  /// `pool.size` for each group; `CrushMapper.none` where there is none.
  public internal(set) var osds: [Int32]

  /// The row of a group.
  public subscript(seed: UInt32) -> ArraySlice<Int32> {
    get { osds[Int(seed) * pool.size..<(Int(seed) + 1) * pool.size] }
    set { osds.replaceSubrange(Int(seed) * pool.size..<(Int(seed) + 1) * pool.size, with: newValue) }
  }
}

extension OSDMap {
  /// Where all groups of all pools lie; by the pools' numbers.
  ///
  /// - Parameter threads: how many do the work
  public func tables(_ kind: PlacementTable.Kind, threads: Int = 1) -> [PlacementTable] {
    poolMappers.map { $0.table(kind, threads: threads) }
  }

  /// A mapper for each pool, by the pools' numbers.
  public var poolMappers: [PoolMapper] {
    // Most pools share one set of weights.
    let shared = CrushMapper(crush, chooseArgs: crush.chooseArgs[-1] ?? [:])
    return pools.values.sorted { $0.id < $1.id }.map { pool in
      PoolMapper(self, pool, mapper: crush.chooseArgs[pool.id] == nil ? shared : nil)
    }
  }
}

extension PoolMapper {
  /// Groups that a thread takes at a time.
  private static var portion: Int { 1024 }

  func table(_ kind: PlacementTable.Kind, threads: Int) -> PlacementTable {
    let (size, groups) = (pool.size, Int(pool.groups))
    let portions = (groups + Self.portion - 1) / Self.portion
    let workers = max(1, min(threads, portions))
    let osds = [Int32](unsafeUninitializedCapacity: size * groups) { buffer, count in
      // Each portion is written by one thread only.
      nonisolated(unsafe) let rows = buffer.baseAddress
      let work = { @Sendable (worker: Int) in
        guard let rows else { return }
        let memory = workspace()
        for portion in stride(from: worker, to: portions, by: workers) {
          for group in portion * Self.portion..<min((portion + 1) * Self.portion, groups) {
            fill(UnsafeMutableBufferPointer(start: rows + group * size, count: size), UInt32(group), kind, memory)
          }
        }
      }
      if workers == 1 { work(0) } else { DispatchQueue.concurrentPerform(iterations: workers, execute: work) }
      count = size * groups
    }
    return PlacementTable(pool: pool, osds: osds)
  }

  private func fill(
    _ row: UnsafeMutableBufferPointer<Int32>, _ seed: UInt32, _ kind: PlacementTable.Kind, _ work: CrushWorkspace
  ) {
    let found: [Int32]? =
      switch kind {
      case _ where isPlain: nil
      case .raw: raw(seed, work)
      // What is said of a group may name an OSD that is none any more.
      case .upmapped: upmapped(seed, work).map { exists($0) ? $0 : CrushMapper.none }
      case .acting: placement(seed, work).acting
      }
    if let found {
      copy(found, row)
    } else {
      map(seed, work)
      copy(work.result, row)
    }
  }

  @inline(__always)
  private func copy(_ osds: [Int32], _ row: UnsafeMutableBufferPointer<Int32>) {
    let count = min(osds.count, row.count)
    for place in 0..<count { row[place] = osds[place] }
    for place in count..<row.count { row[place] = CrushMapper.none }
  }
}
