import Yams

/// A value of the site file: where it stands, and what messages call it.
struct Value {
  let node: Yams.Node
  /// The keys that lead to it: `hosts/a1/address`.
  let path: String
  /// The last of those keys.
  let name: String
  /// For messages: `address of host 'a1'`.
  let label: String
  /// What a message about the value points at: a plain value itself, but the key of a mapping, a list or nothing.
  let place: Place

  init(node: Yams.Node, path: String, name: String, label: String, keyPlace: Place) {
    self.node = node
    self.path = path
    self.name = name
    self.label = label
    if case .scalar(let scalar) = node, !Self.isEmpty(scalar) {
      place = node.place ?? keyPlace
    } else {
      place = keyPlace
    }
  }

  func labelled(_ label: String) -> Value {
    Value(node: node, path: path, name: name, label: label, keyPlace: place)
  }

  /// The path of an entry, where this is a mapping.
  func path(of key: String) -> String { path.isEmpty ? key : "\(path)/\(key)" }

  /// The plain value as it is written; empty for mappings and lists.
  var text: String { node.scalar?.string ?? "" }

  /// Whether nothing was written after the key.
  var isEmpty: Bool { node.scalar.map(Self.isEmpty) ?? false }

  private static func isEmpty(_ scalar: Yams.Node.Scalar) -> Bool {
    scalar.style == .plain && ["", "~", "null"].contains(scalar.string)
  }

  /// The form of the value, for messages.
  var form: String {
    switch node {
    case .mapping: "a mapping"
    case .sequence: "a list"
    default: isEmpty ? "empty" : "'\(text)'"
    }
  }
}
