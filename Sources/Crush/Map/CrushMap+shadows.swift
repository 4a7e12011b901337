extension CrushMap {
  /// Makes the shadow trees that are not there yet: for each class the buckets again, with the devices of that class only.
  ///
  /// - Parameters:
  ///   - numbers: those that are known: bucket to class to the shadow's
  ///   - order: of the classes, that in which the devices name them
  mutating func addShadows(_ numbers: [Int: [String: Int]], _ order: [String]) throws(CrushMapError) {
    guard !order.isEmpty else { return }
    var used = Set(buckets.keys).union(numbers.values.flatMap(\.values))
    let shadowed = shadowed
    let inside = Set(buckets.values.flatMap(\.items))
    // In crushtool's order, for numbers that are given out go into hashes.
    for root in buckets.keys.sorted() where !inside.contains(root) && !shadowed.contains(root) {
      for deviceClass in order { _ = try shadow(of: root, deviceClass, numbers, &used, depth: 0) }
    }
  }

  private mutating func shadow(
    of id: Int, _ deviceClass: String, _ numbers: [Int: [String: Int]], _ used: inout Set<Int>, depth: Int
  ) throws(CrushMapError) -> Int {
    if let known = shadows[id]?[deviceClass] { return known }
    guard depth < 64, let original = buckets[id] else {
      throw CrushMapError("bucket \(id) is not there, or lies in itself")
    }
    var copy = CrushBucket(id: 0, type: original.type, algorithm: original.algorithm, items: [], weights: [])
    for (item, weight) in zip(original.items, original.weights) {
      if item >= 0 {
        guard classes[item] == deviceClass else { continue }
        copy.items.append(item)
        copy.weights.append(weight)
      } else {
        let child = try shadow(of: item, deviceClass, numbers, &used, depth: depth + 1)
        copy.items.append(child)
        copy.weights.append(UInt32(clamping: buckets[child]?.weight ?? 0))
      }
    }
    if let known = numbers[id]?[deviceClass] {
      copy.id = known
    } else {
      copy.id = -1
      while used.contains(copy.id) { copy.id -= 1 }
    }
    used.insert(copy.id)
    buckets[copy.id] = copy
    shadows[id, default: [:]][deviceClass] = copy.id
    names[copy.id] = "\(names[id] ?? "")~\(deviceClass)"
    return copy.id
  }
}
