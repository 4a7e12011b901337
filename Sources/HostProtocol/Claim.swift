/// Who wants to change a host, and will until the session ends. A host takes one claim at a time.
public struct Claim: Sendable, Hashable, Codable {
  /// For people: `root@admin1, process 23010`.
  public var controller: String
  /// Stands for the controller's state of the site, on which one process works at a time: an older claim of the same
  /// state is one of a process that has ended, or of a connection that was lost, and gives way.
  public var state: String
  /// The host's name in the site.
  public var host: String

  public init(controller: String, state: String, host: String) {
    self.controller = controller
    self.state = state
    self.host = host
  }
}
