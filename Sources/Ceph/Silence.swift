/// What is known of monitors that were made and do not answer: what can be done until they do.
public enum Silence: Sendable, Hashable {
  /// They have never had a quorum: a first rollout was cut off, and goes on with all of them.
  case beforeTheFirstQuorum
  /// They have had one. Only these are looked after: a monitor made now would not know what they know, and with others
  /// of its kind might begin another cluster.
  case quorumLost(monitors: Set<String>)
}
