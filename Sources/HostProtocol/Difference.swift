/// How a resource on a host differs from what is desired.
public struct Difference: Sendable, Hashable, Codable {
  /// `Resource.id`.
  public var resource: String
  /// Never empty.
  public var changes: [Change]

  public init(resource: String, changes: [Change]) {
    self.resource = resource
    self.changes = changes
  }

  /// Whether a running systemd unit has to be restarted, or one that runs will be because its files change.
  public var restartsUnit: Bool {
    resource.hasPrefix("unit:") && changes.contains { $0.attribute == "restart" }
      || resource.hasPrefix("file:/etc/systemd/system/")
  }
}

/// One attribute that differs.
public struct Change: Sendable, Hashable, Codable {
  /// `content`, `mode`, `version`, `running`.
  public var attribute: String
  /// As observed; `nil`: not there. For a file's content, at most 64 KiB of it; for a secret, always `nil`.
  public var from: String?
  /// As desired; `nil`: to be removed. For a secret, `(secret)`.
  public var to: String?

  public init(_ attribute: String, from: String?, to: String?) {
    self.attribute = attribute
    self.from = from
    self.to = to
  }
}
