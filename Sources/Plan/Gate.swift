import Guarantees

/// The health that must hold before what follows a step may start. It is always asked of the engine itself.
public enum Gate: Sendable, Hashable, Codable {
  case none
  /// All of these, in their order.
  case all(of: [Gate])
  /// This node can be reached, and has booted since it told that boot of itself.
  case rebooted(node: String, since: BootIdentity)
  /// These nodes can be reached.
  case reachable(nodes: [String])
  /// Sessions of these nodes are established with BFD up, and their kernels hold every route over every next hop.
  /// Nodes that are yet to come are not looked for.
  case routing(nodes: [String], without: [String] = [])
  /// These monitors are in quorum.
  case quorum(mons: [String])
  /// This monitor says itself, since its last start, that it is in the quorum, and so are these.
  case monRestarted(mon: String, quorum: [String])
  /// This manager is known as another process than the one with this global id, and so many are there in all.
  case mgrRestarted(mgr: String, after: UInt64, count: Int)
  /// A manager is active, and as many others stand by.
  case mgrs(count: Int)
  /// These OSDs are up and in.
  case osdsUp(ids: [Int])
  /// This OSD has come up after the given epoch of the OSD map, by its own word in this version (`18.2`) or a later one,
  /// and every placement group that it holds has since told that it is active, and that nothing is left to be copied.
  case osdRestarted(id: Int, after: Int, release: String? = nil)
  /// All daemons of these kinds (`mon`, `mgr`, `osd`) run this version (`18.2`) or a later one, by what they said when they
  /// started.
  case release(atLeast: String, kinds: [String])
  /// Every placement group is active: nothing waits for an OSD that is away.
  case active
  /// Every placement group is active and clean.
  case clean
  /// What was said of placement groups by upmaps stands: group to the OSDs of its pairs. The monitors take back what they
  /// do not want, and tell nobody.
  case upmapped(entries: [String: [Int]])
  /// The data of these OSDs lies elsewhere, whole: they can go.
  case drained(osds: [Int])
  /// These OSDs are down.
  case osdsDown(ids: [Int])
  /// Every placement group is active and clean, and the cluster's health is HEALTH_OK.
  case healthy
}

/// Tells one boot of a node from another.
public struct BootIdentity: Sendable, Hashable, Codable {
  /// The kernel's.
  public var kernel: String
  /// When its first process was started, in the kernel's ticks: in a container the kernel is another host's.
  public var firstProcess: String

  public init(kernel: String, firstProcess: String) {
    self.kernel = kernel
    self.firstProcess = firstProcess
  }
}

/// Answers for gates, and tells what is down. Each engine knows its own; the controller joins them.
public protocol Gatekeeper: Sendable {
  /// Looks once.
  func check(_ gate: Gate) async -> GateState
  /// What is down right now; what nobody can tell of is.
  func condition() async -> Condition
}

/// How a gate stands.
public enum GateState: Sendable, Hashable {
  case open
  /// What is missing, for people.
  ///
  /// - left: where it can be counted, how much there is still to do: as long as that shrinks, the step's deadline begins
  ///   anew, for moving terabytes takes its time
  case closed(String, left: UInt64? = nil)
}
