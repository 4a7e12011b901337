/// A cable of the fabric, with one unnumbered eBGP session (IPv4 and IPv6, BFD) over it.
public struct Link: Sendable, Hashable, Codable {
  /// The upper end: a spine, or a leaf that a host hangs on.
  public var a: End
  /// The lower end.
  public var b: End

  public init(a: End, b: End) {
    self.a = a
    self.b = b
  }

  /// One end of a cable.
  public struct End: Sendable, Hashable, Codable {
    public var node: String
    public var interface: String

    public init(node: String, interface: String) {
      self.node = node
      self.interface = interface
    }
  }
}

/// A link as one of its nodes sees it.
public struct Port: Sendable, Hashable {
  public var interface: String
  public var peer: Link.End
}
