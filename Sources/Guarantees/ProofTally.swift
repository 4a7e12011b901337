import Design
import Site

/// Collects what failures break.
struct ProofTally {
  private var found: [[FailureKind]: Proof.Summary] = [:]
  private(set) var cases: [Proof.Case] = []

  var summaries: [Proof.Summary] { found.values.sorted { $0.kinds.lexicographicallyPrecedes($1.kinds) } }

  /// - Parameters:
  ///   - count: how many failures are like the example
  ///   - brokenAlready: what one of several failures breaks alone, or what was broken before
  mutating func add(
    _ kinds: [FailureKind], _ count: Int, _ example: [Component], _ findings: [Finding], room: Bytes? = nil,
    brokenAlready: Set<Guarantee> = []
  ) {
    let broken = findings.filter { !$0.holds }
    var summary = found[kinds] ?? Proof.Summary(kinds: kinds, count: 0, breaks: [:], room: room)
    summary.count += count
    for finding in broken { summary.breaks[finding.guarantee, default: 0] += count }
    summary.room = [summary.room, room].compactMap { $0 }.min()
    found[kinds] = summary
    guard !broken.isEmpty else { return }
    cases.append(
      Proof.Case(
        kinds: kinds, count: count, example: example, broken: broken,
        brokenAlready: Guarantee.allCases.filter(brokenAlready.contains)))
  }
}
