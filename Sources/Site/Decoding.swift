/// Decoding under way: the problems found so far, and the places of all values.
struct Decoding {
  private(set) var problems: [SiteProblem] = []
  /// What has a problem already; what follows from it would only mislead.
  private var spoilt: Set<Substring> = []
  private(set) var places: Places

  init(file: String) { places = Places(start: .start(of: file)) }

  mutating func report(_ place: Place, _ what: String, _ remedy: String) {
    problems.append(SiteProblem(path: place.file, line: place.line, column: place.column, what: what, remedy: remedy))
  }

  private mutating func report(_ value: Value, _ what: String, _ remedy: String) {
    spoilt.insert(value.path.subject)
    report(value.place, what, remedy)
  }

  /// Reports what validation found, except about things that could not be read in the first place.
  mutating func report(_ faults: [SiteFault]) {
    for fault in faults where !spoilt.contains(fault.path.subject) {
      report(places[fault.path], fault.what, fault.remedy)
    }
  }

  /// Whether all hosts and switches could be read, so that the site can be judged as a whole.
  var isWhole: Bool {
    spoilt.allSatisfy {
      !$0.isEmpty && !$0.hasPrefix("hosts") && !$0.hasPrefix("racks") && !$0.hasPrefix("network/spines")
    }
  }

  mutating func decode<Owner>(_ value: Value, as section: Section<Owner>, into owner: inout Owner) {
    guard case .mapping = value.node.content else {
      let keys = section.keys.map(\.name).joined(separator: ", ")
      let what = value.isEmpty ? "\(value.label) is empty" : "\(value.label) is \(value.form), not a mapping"
      return report(value, what, "write a mapping with the keys \(keys)")
    }
    var seen: Set<String> = []
    for entry in entries(value) {
      guard let key = section.keys.first(where: { $0.name == entry.name }) else {
        let known = section.keys.map(\.name)
        // A misspelt key is not missing as well.
        if let meant = Suggestion.nearest(to: entry.name, among: known) {
          seen.insert(meant)
          spoilt.insert(value.path(of: meant).subject)
        }
        spoilt.insert(entry.path.subject)
        report(
          places.keyPlace(of: entry.path) ?? entry.place, "unknown key '\(entry.name)' in \(value.label)",
          Suggestion.remedy(for: entry.name, among: known))
        continue
      }
      seen.insert(key.name)
      key.decode(entry, &owner, &self)
    }
    for key in section.keys where key.isRequired && !seen.contains(key.name) {
      spoilt.insert(value.path(of: key.name).subject)
      report(value.place, "\(value.label) has no \(key.name)", "add '\(key.name)', as in \(key.name): \(key.example)")
    }
  }

  /// The entries of a mapping, in the order of the file; none, and a problem, where it is something else.
  mutating func entries(_ value: Value) -> [Value] {
    guard case .mapping(let entries) = value.node.content else {
      report(
        value, value.isEmpty ? "\(value.label) is empty" : "\(value.label) is \(value.form), not a mapping",
        "write a mapping, or remove the key")
      return []
    }
    return entries.compactMap { entry in
      let keyPlace = entry.key.place
      guard let name = entry.key.text else {
        let isList = if case .sequence = entry.key.content { true } else { false }
        report(keyPlace, "a key of \(value.label) is \(isList ? "a list" : "a mapping")", "write a name")
        return nil
      }
      guard !Duplicates.isSetAside(name) else { return nil }
      let path = value.path(of: name)
      let label = value.path.isEmpty ? name : "\(name) of \(value.label)"
      let found = Value(node: entry.value, path: path, name: name, label: label, keyPlace: keyPlace)
      places.add(path, found.place, key: keyPlace)
      return found
    }
  }

  /// The items of a list; none, and a problem, where it is something else.
  mutating func items(_ value: Value) -> [Value] {
    guard case .sequence(let sequence) = value.node.content else {
      report(
        value, value.isEmpty ? "\(value.label) is empty" : "\(value.label) is \(value.form), not a list",
        "write a list, as in [\(value.isEmpty || value.text.isEmpty ? " … " : value.text)]")
      return []
    }
    return sequence.enumerated().map { index, node in
      let item = Value(
        node: node, path: "\(value.path)/\(index)", name: "\(index)", label: "item \(index + 1) of \(value.label)",
        keyPlace: node.place)
      places.add(item.path, item.place, key: node.place)
      return item
    }
  }

  mutating func scalar<T>(_ value: Value, as type: ScalarType<T>) -> T? {
    guard value.node.text != nil, !value.isEmpty else {
      report(value, "\(value.label) is \(value.form), not \(type.noun)", type.remedy(value.text))
      return nil
    }
    if let parsed = type.parse(value.text) { return parsed }
    report(value, "\(value.label): '\(value.text)' is not \(type.noun)", type.remedy(value.text))
    return nil
  }
}

extension String {
  /// The path of the thing that a path leads into: a host, a switch, a rack, a pool, or another part of the site.
  fileprivate var subject: Substring {
    let parts = split(separator: "/", maxSplits: 4, omittingEmptySubsequences: false)
    let depth = ["hosts": 2, "racks": 2, "network": 3, "storage": 4][parts.first ?? "", default: 2]
    guard parts.count > depth else { return self[...] }
    return self[..<parts[depth - 1].endIndex]
  }
}
