import Yams

/// A value as a file has it. Unlike the parser's it knows its file, so that values of several files can be one tree.
struct Node {
  enum Content {
    /// - Parameter isPlain: written without quotes
    case scalar(String, isPlain: Bool)
    /// In the order of the file.
    case mapping([Entry])
    case sequence([Node])
  }

  struct Entry {
    var key: Node
    var value: Node
  }

  var content: Content
  let place: Place

  /// The plain value as it is written; `nil` for mappings and lists.
  var text: String? { if case .scalar(let text, _) = content { text } else { nil } }

  /// Whether nothing was written, or what YAML writes for nothing.
  var isEmpty: Bool {
    if case .scalar(let text, isPlain: true) = content { ["", "~", "null"].contains(text) } else { false }
  }

  /// Whether nothing was meant: YAML's word for it was written.
  var isNull: Bool { isEmpty && text != "" }

  subscript(key: String) -> Entry? {
    guard case .mapping(let entries) = content else { return nil }
    return entries.first { $0.key.text == key }
  }
}

extension Node {
  /// More values than any site has, those that aliases stand for included.
  static let limit = 2_000_000

  struct TooMany: Error {}

  /// - Parameter count: how many values have been made so far
  /// - Throws: `TooMany`
  init(_ node: Yams.Node, file: String, count: inout Int) throws(TooMany) {
    count += 1
    guard count <= Self.limit else { throw TooMany() }
    place = node.mark.map { Place($0, file: file) } ?? .start(of: file)
    switch node {
    case .scalar(let scalar): content = .scalar(scalar.string, isPlain: scalar.style == .plain)
    case .sequence(let sequence):
      var items: [Node] = []
      items.reserveCapacity(sequence.count)
      for item in sequence { items.append(try Node(item, file: file, count: &count)) }
      content = .sequence(items)
    case .mapping(let mapping):
      var entries: [Entry] = []
      entries.reserveCapacity(mapping.count)
      for (key, value) in mapping {
        entries.append(
          Entry(
            key: try Node(key, file: file, count: &count), value: try Node(value, file: file, count: &count)))
      }
      content = .mapping(entries)
    case .alias(let alias): content = .scalar(alias.anchor.rawValue, isPlain: true)
    }
  }
}
