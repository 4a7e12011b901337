extension CrushMap {
  /// Device to what it is told of under: its class, and where several roots have devices of that class its root as well, for
  /// what is in one is no room for another one's pools. Of a device in several trees the first counts.
  var labels: [Int: String] {
    var rootOf: [Int: String] = [:]
    for root in roots {
      for device in devices(below: root) where rootOf[device] == nil { rootOf[device] = names[root] ?? "\(root)" }
    }
    let rootsOfClass = Dictionary(grouping: rootOf.keys) { classes[$0] ?? "" }.mapValues {
      Set($0.compactMap { rootOf[$0] })
    }
    return rootOf.reduce(into: [:]) { labels, device in
      let name = classes[device.key] ?? ""
      let isSplit = (rootsOfClass[name]?.count ?? 0) > 1
      labels[device.key] = !isSplit ? name : name.isEmpty ? device.value : "\(name) in \(device.value)"
    }
  }
}
