/// How `pg-upmap-items` lead from the OSDs that CRUSH gives a group to others. Pairs are carried out one after the other, and
/// one does nothing while its target is in the group.
enum UpmapPairs {
  /// The list of pairs; `nil` where no list leads there.
  static func from(
    _ raw: ArraySlice<Int32>, to wanted: ArraySlice<Int32>, isErasure: Bool
  ) -> [OSDMap.Replacement]? {
    guard raw.count == wanted.count, !raw.contains(CrushMapper.none), !wanted.contains(CrushMapper.none) else {
      return nil
    }
    if raw.elementsEqual(wanted) { return [] }
    guard isErasure else { return unordered(raw, wanted) }
    let pairs = ordered(raw, wanted)
    return pairs.count == zip(raw, wanted).count(where: { $0 != $1 }) ? pairs : nil
  }

  /// Replicas: whoever is gone makes place for somebody new, wherever.
  static func unordered(_ raw: ArraySlice<Int32>, _ wanted: ArraySlice<Int32>) -> [OSDMap.Replacement] {
    zip(raw.filter { !wanted.contains($0) }, wanted.filter { !raw.contains($0) }).map {
      OSDMap.Replacement(from: $0, to: $1)
    }
  }

  /// Shards: each in its place; a pair whose target is still in another place comes after the one that frees it.
  static func ordered(_ raw: ArraySlice<Int32>, _ wanted: ArraySlice<Int32>) -> [OSDMap.Replacement] {
    var row = Array(raw)
    let goal = Array(wanted)
    var pairs: [OSDMap.Replacement] = []
    while let place = row.indices.first(where: { row[$0] != goal[$0] && !row.contains(goal[$0]) }) {
      pairs.append(OSDMap.Replacement(from: row[place], to: goal[place]))
      row[place] = goal[place]
    }
    return pairs
  }
}
