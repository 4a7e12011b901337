extension Node {
  /// This value, with what a profile says besides it: mappings are joined key by key; everything else of the profile
  /// gives way to what stands here, and to nothing where `null` stands here.
  func over(_ profile: Node) -> Node {
    guard case .mapping(let own) = content, case .mapping(let shared) = profile.content else { return self }
    let positions = Dictionary(
      own.enumerated().compactMap { position, entry in entry.key.text.map { ($0, position) } },
      uniquingKeysWith: { first, _ in first })
    var taken: Set<Int> = []
    var joined: [Entry] = []
    for entry in shared {
      guard let position = entry.key.text.flatMap({ positions[$0] }) else {
        joined.append(entry)
        continue
      }
      taken.insert(position)
      guard !own[position].value.isNull else { continue }
      joined.append(Entry(key: own[position].key, value: own[position].value.over(entry.value)))
    }
    for (position, entry) in own.enumerated() where !taken.contains(position) { joined.append(entry) }
    var result = self
    result.content = .mapping(joined)
    return result
  }
}
