/// One key of the site file: how it is written, and where its value goes.
///
/// The keys of `SiteKeys` are the only place that knows the file's form: decoding, the suggestions for misspelt keys and
/// the reference page all come from them.
struct Key<Owner>: Sendable {
  let name: String
  /// What the value is: `IPv4 address`.
  let type: String
  /// Unit of the value: `bytes`.
  let unit: String
  /// What holds where the key is left out, in words.
  let fallback: String
  let example: String
  let text: String
  let isRequired: Bool
  let decode: @Sendable (Value, inout Owner, inout Decoding) -> Void
}

extension Key {
  /// A key with one plain value.
  static func scalar<T>(
    _ name: String, _ type: ScalarType<T>, required: Bool = false, default fallback: String = "–", example: String,
    _ text: String, set: @escaping @Sendable (inout Owner, T) -> Void
  ) -> Key {
    Key(
      name: name, type: type.name, unit: type.unit, fallback: required ? "required" : fallback, example: example,
      text: text, isRequired: required
    ) { value, owner, decoding in
      if let parsed = decoding.scalar(value, as: type) { set(&owner, parsed) }
    }
  }

  /// A key with a list of plain values, each at most once.
  static func list<T: Hashable & SendableMetatype>(
    _ name: String, of type: ScalarType<T>, default fallback: String, example: String, _ text: String,
    set: @escaping @Sendable (inout Owner, [T]) -> Void
  ) -> Key {
    Key(
      name: name, type: "list of \(type.name)", unit: type.unit, fallback: fallback, example: example, text: text,
      isRequired: false
    ) { value, owner, decoding in
      var seen: Set<T> = []
      set(
        &owner,
        decoding.items(value).compactMap { item in
          guard let parsed = decoding.scalar(item, as: type) else { return nil }
          if !seen.insert(parsed).inserted {
            decoding.report(item.place, "'\(item.text)' is listed twice in \(value.label)", "remove one of them")
          }
          return parsed
        })
    }
  }

  /// A key whose value is a mapping with keys of its own.
  static func section<T>(
    _ name: String, _ section: Section<T>, default fallback: String = "–", example: String, _ text: String,
    in path: @escaping @Sendable (inout Owner, (inout T) -> Void) -> Void
  ) -> Key {
    Key(
      name: name, type: "mapping", unit: "", fallback: fallback, example: example, text: text, isRequired: false
    ) { value, owner, decoding in
      path(&owner) { decoding.decode(value, as: section, into: &$0) }
    }
  }

  /// A key whose value maps names to things of one kind.
  static func named<T>(
    _ name: String, _ section: Section<T>, required: Bool = false, default fallback: String = "none", example: String,
    _ text: String, make: @escaping @Sendable (String) -> T, set: @escaping @Sendable (inout Owner, [T]) -> Void
  ) -> Key {
    Key(
      name: name, type: "mapping of names to \(section.plural)", unit: "", fallback: required ? "required" : fallback,
      example: example, text: text, isRequired: required
    ) { value, owner, decoding in
      set(
        &owner,
        decoding.entries(value).map { entry in
          var thing = make(entry.name)
          decoding.decode(entry.labelled("\(section.noun) '\(entry.name)'"), as: section, into: &thing)
          return thing
        })
    }
  }
}

/// A mapping of the site file, and the keys that it may have.
struct Section<Owner>: Sendable {
  /// For messages: `host`.
  let noun: String
  /// For the reference: `hosts`.
  let plural: String
  let keys: [Key<Owner>]

  init(_ noun: String, plural: String = "", keys: [Key<Owner>]) {
    self.noun = noun
    self.plural = plural
    self.keys = keys
  }
}
