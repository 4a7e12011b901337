import Design

extension SavedTwin {
  /// Why this twin no longer is what a rollout of today would make; empty: it is current.
  ///
  /// - Parameters:
  ///   - design: The design of today; `nil`: any will do.
  ///   - image: The image of today; `nil`: there is none.
  func staleness(design: Design?, image: ImageIdentity?, key: String) throws -> [String] {
    var reasons: [String] = []
    if let design, try Self.digest(design) != designDigest {
      reasons.append("the design has changed: \(Self.difference(self.design, design))")
    }
    if key != self.image.key {
      reasons.append("the image '\(self.image.kind)' is made in another way now (sources, packages or settings)")
    } else if let image {
      let changed = Set(self.image.packages.keys).union(image.packages.keys)
        .filter { self.image.packages[$0] != image.packages[$0] }.sorted()
      if !changed.isEmpty {
        let words = changed.prefix(3).map {
          "\($0) \(self.image.packages[$0] ?? "missing") is \(image.packages[$0] ?? "missing") now"
        }
        let rest = changed.count > 3 ? ", and \(changed.count - 3) more" : ""
        reasons.append("packages of the image have changed: \(words.joined(separator: ", "))\(rest)")
      }
    } else {
      reasons.append("the image '\(self.image.kind)' that it was made of is no longer there")
    }
    return reasons
  }

  /// Names what differs between two designs, roughly.
  private static func difference(_ old: Design, _ new: Design) -> String {
    let (oldNames, newNames) = (Set(old.nodes.map(\.name)), Set(new.nodes.map(\.name)))
    let added = newNames.subtracting(oldNames).sorted()
    let removed = oldNames.subtracting(newNames).sorted()
    let changed = old.nodes.filter { node in new.node(node.name).map { $0 != node } ?? false }.map(\.name)
    var words: [String] = []
    if !added.isEmpty { words.append("\(list(added)) added") }
    if !removed.isEmpty { words.append("\(list(removed)) removed") }
    if !changed.isEmpty { words.append("\(list(changed)) changed") }
    if old.network != new.network { words.append("the network") }
    if Set(old.links) != Set(new.links), added.isEmpty, removed.isEmpty { words.append("the links") }
    if old.ceph != new.ceph { words.append("Ceph") }
    if old.survive != new.survive { words.append("what it survives") }
    return words.isEmpty ? "its capacity" : words.joined(separator: ", ")
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(5).joined(separator: ", ") + (names.count > 5 ? " and \(names.count - 5) more" : "")
  }
}
