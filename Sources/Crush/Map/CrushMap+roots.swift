extension CrushMap {
  /// Numbers of all buckets of shadow trees.
  public var shadowed: Set<Int> { Set(shadows.values.flatMap(\.values)) }

  /// Buckets that lie in no other one, without shadows; the first that was made comes first.
  public var roots: [Int] {
    let (shadowed, inside) = (shadowed, Set(buckets.values.flatMap(\.items)))
    return buckets.keys.sorted(by: >).filter { !inside.contains($0) && !shadowed.contains($0) }
  }
}
