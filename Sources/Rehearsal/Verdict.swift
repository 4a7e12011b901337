import Design
import Guarantees

/// A guarantee during a failure: what was predicted of it, and what was seen.
public struct Verdict: Sendable, Hashable, Codable {
  public var guarantee: Guarantee
  /// Whether the site is asked to keep it in a failure of this kind.
  public var isPromised: Bool
  /// Whether it holds by the design.
  public var predicted: Bool
  /// Why, by the design.
  public var reason: String
  /// Whether it held; `nil`: nothing could see it.
  public var observed: Bool?
  /// What was seen; `nil`: nothing.
  public var evidence: String?

  public var agrees: Bool { observed == nil || observed == predicted }
  public var isKept: Bool { !isPromised || observed != false }
}

/// What the design says of a failure.
public struct Prediction: Sendable, Hashable {
  public var findings: [Finding]

  public init(_ component: Component, in simulation: FailureSimulation) {
    findings = simulation.findings(down: [component]).filter { $0.guarantee != .capacity }
  }

  /// Whether a guarantee holds; one that the site does not have does.
  public func holds(_ guarantee: Guarantee) -> Bool { !findings.contains { $0.guarantee == guarantee && !$0.holds } }

  /// What was predicted beside what was seen.
  public func verdicts(promised: Set<Guarantee>, seen: [Guarantee: Sight]) -> [Verdict] {
    findings.map { finding in
      let sight = seen[finding.guarantee]
      return Verdict(
        guarantee: finding.guarantee, isPromised: promised.contains(finding.guarantee), predicted: finding.holds,
        reason: finding.why, observed: sight?.holds, evidence: sight?.words)
    }
  }
}

/// What was seen of a guarantee.
public struct Sight: Sendable, Hashable {
  public var holds: Bool
  /// `longest stall 28.1 s`.
  public var words: String

  public init(holds: Bool, _ words: String) {
    self.holds = holds
    self.words = words
  }
}
