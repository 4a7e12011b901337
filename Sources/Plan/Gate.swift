/// The health that must hold before what follows a step may start. It is always asked of the engine itself.
public enum Gate: Sendable, Hashable, Codable {
  case none
  /// Sessions of these nodes are established with BFD up, and their kernels hold every route over every next hop.
  case routing(nodes: [String])
  /// These monitors are in quorum, and no other is missing from it.
  case quorum(mons: [String])
  /// A manager is active, and as many others stand by.
  case mgrs(count: Int)
  /// These OSDs are up and in.
  case osdsUp(ids: [Int])
  /// Every placement group is active and clean, and the cluster's health is HEALTH_OK.
  case healthy
}

/// Answers for gates. Each engine knows its own; the command line joins them.
public protocol Gatekeeper: Sendable {
  /// Looks once.
  func check(_ gate: Gate) async -> GateState
}

/// How a gate stands.
public enum GateState: Sendable, Hashable {
  case open
  /// What is missing, for people.
  case closed(String)
}
