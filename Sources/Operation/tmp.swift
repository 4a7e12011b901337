func concurrentMap<Element: Sendable, Value: Sendable>(
  _ elements: [Element], limit: Int, _ body: @escaping @Sendable (Element) async -> Value
) async -> [Value] {
  await withTaskGroup(of: (Int, Value).self) { group in
    var out: [(Int, Value)] = []
    for (i, e) in elements.enumerated() {
      if i >= limit, let v = await group.next() { out.append(v) }
      group.addTask { (i, await body(e)) }
    }
    for await v in group { out.append(v) }
    return out.sorted { $0.0 < $1.0 }.map(\.1)
  }
}
