extension CrushMap {
  /// Device to what it is told of under: its class, and where several roots have devices of that class its root as well, for
  /// what is in one is no room for another one's pools. Of a device in several trees the first counts.
  var labels: [Int: String] {
    let shadowed = Set(shadows.values.flatMap(\.values))
    let inside = Set(buckets.values.flatMap(\.items))
    var roots: [Int: String] = [:]
    for root in buckets.keys.sorted(by: >) where !inside.contains(root) && !shadowed.contains(root) {
      for device in devices(below: root) where roots[device] == nil { roots[device] = names[root] ?? "\(root)" }
    }
    let rootsOfClass = Dictionary(grouping: roots.keys) { classes[$0] ?? "" }.mapValues {
      Set($0.compactMap { roots[$0] })
    }
    return roots.reduce(into: [:]) { labels, device in
      let name = classes[device.key] ?? ""
      let isSplit = (rootsOfClass[name]?.count ?? 0) > 1
      labels[device.key] = !isSplit ? name : name.isEmpty ? device.value : "\(name) in \(device.value)"
    }
  }
}
