/// A value of the site file: where it stands, and what messages call it.
struct Value {
  let node: Node
  /// The keys that lead to it: `hosts/a1/address`.
  let path: String
  /// The last of those keys.
  let name: String
  /// For messages: `address of host 'a1'`.
  let label: String
  /// What a message about the value points at: a plain value itself, but the key of a mapping, a list or nothing.
  let place: Place

  init(node: Node, path: String, name: String, label: String, keyPlace: Place) {
    self.node = node
    self.path = path
    self.name = name
    self.label = label
    place = node.text != nil && !node.isEmpty ? node.place : keyPlace
  }

  func labelled(_ label: String) -> Value {
    Value(node: node, path: path, name: name, label: label, keyPlace: place)
  }

  /// The path of an entry, where this is a mapping.
  func path(of key: String) -> String { path.isEmpty ? key : "\(path)/\(key)" }

  /// The plain value as it is written; empty for mappings and lists.
  var text: String { node.text ?? "" }

  /// Whether nothing was written after the key.
  var isEmpty: Bool { node.isEmpty }

  /// The form of the value, for messages.
  var form: String {
    switch node.content {
    case .mapping: "a mapping"
    case .sequence: "a list"
    case .scalar: isEmpty ? "empty" : "'\(text)'"
    }
  }
}
