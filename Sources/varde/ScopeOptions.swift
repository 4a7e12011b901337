import ArgumentParser
import Crush

/// What of a cluster a balancing may touch.
struct ScopeOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only groups of this pool; several times.", valueName: "pool")) var pool: [String] = []
  @Option(help: ArgumentHelp("No groups of this pool; several times.", valueName: "pool")) var exceptPool: [String] = []
  @Option(help: ArgumentHelp("Only OSDs of this device class; several times.", valueName: "class"))
  var deviceClass: [String] = []
  @Option(help: ArgumentHelp("Only from this OSD, or those below this bucket; several times.", valueName: "name"))
  var from: [String] = []
  @Option(help: ArgumentHelp("Only to this OSD, or those below this bucket; several times.", valueName: "name"))
  var to: [String] = []

  var isGiven: Bool { !(pool + exceptPool + deviceClass + from + to).isEmpty }

  /// - Throws: `InputError` where there is nothing of a name
  func scope(of map: OSDMap, drained: [String] = []) throws -> BalanceScope {
    let (wanted, unwanted) = (try Self.pools(pool, map), try Self.pools(exceptPool, map))
    let pools = wanted == nil && unwanted == nil ? nil : (wanted ?? Set(map.pools.keys)).subtracting(unwanted ?? [])
    return BalanceScope(
      pools: pools, sources: try members(of: from, map), targets: try members(of: to, map),
      drained: try Self.osds(drained, map))
  }

  /// Numbers of pools; `nil` where none is named.
  ///
  /// - Throws: `InputError` where there is nothing of a name
  static func pools(_ names: [String], _ map: OSDMap) throws -> Set<Int64>? {
    guard !names.isEmpty else { return nil }
    return Set(
      try names.map { name in
        guard let pool = map.pools.values.first(where: { $0.name == name }) else {
          let names = map.pools.values.map(\.name).sorted().prefix(20).joined(separator: ", ")
          throw InputError(description: "there is no pool '\(name)'; there are \(names)")
        }
        return pool.id
      })
  }

  private func members(of names: [String], _ map: OSDMap) throws -> Set<Int32>? {
    let known = Set(map.crush.classes.values)
    if let strange = deviceClass.first(where: { !known.contains($0) }) {
      throw InputError(
        description: "there is no device class '\(strange)'; there are \(known.sorted().joined(separator: ", "))")
    }
    if names.isEmpty, deviceClass.isEmpty { return nil }
    let named = names.isEmpty ? Set(map.osds.indices.map(Int32.init)) : try Self.osds(names, map)
    guard !deviceClass.isEmpty else { return named }
    return named.filter { deviceClass.contains(map.crush.classes[Int($0)] ?? "") }
  }

  /// All OSDs below buckets, or of these names.
  ///
  /// - Throws: `InputError`
  static func osds(_ names: [String], _ map: OSDMap) throws -> Set<Int32> {
    do throws(CrushMapError) {
      var osds: Set<Int32> = []
      for name in names { osds.formUnion(try map.crush.osds(below: name).map(Int32.init)) }
      return osds
    } catch {
      throw InputError(description: "\(error)")
    }
  }
}
