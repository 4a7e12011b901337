import Design

/// A twin of a site on this machine, made of systemd-nspawn hosts.
public struct Lab: Sendable {
  public var design: Design

  public init(_ design: Design) { self.design = design }
}
