import Design
import Site
import Synchronization

/// What may be down at once without breaking what the site promises.
///
/// A guarantee counts where the site asks for it (`survive`); what is asked to survive nothing promises nothing.
public struct DisruptionBudget: Sendable {
  private let simulation: FailureSimulation
  private let promised: Set<Guarantee>
  private let reserve: Reserve?
  // A rollout asks the same again and again.
  private let known = Memo<[Finding]>()
  private let lost = Memo<(osds: Set<Component>, control: Set<Component>)>()

  /// - Parameters:
  ///   - keep: how many further failures, each of what the site is asked to survive, are kept in hand
  ///   - absent: monitors and managers of the design that are not there yet
  public init(_ design: Design, keep: Int = 0, absent: Set<Component> = []) {
    simulation = FailureSimulation(design, absent: absent)
    promised = Set(Guarantee.allCases.filter { design.survive.domain(of: $0) != .none })
    reserve = keep > 0 ? Reserve(design, count: keep) : nil
  }

  func isPromised(_ guarantee: Guarantee) -> Bool { promised.contains(guarantee) }

  /// The OSDs that go down with these components.
  func osds(in down: Set<Component>) -> Set<Component> { simulation.daemons(down: down).osds }

  /// What goes down by a change, and is not down already.
  struct Added {
    var osds: Set<Component>
    /// Monitors and managers.
    var control: Set<Component>
    /// Switches and cables.
    var network: Set<Component>
    var pools: Set<Component>

    func touches(_ guarantee: Guarantee) -> Bool {
      switch guarantee {
      case .storageIO, .storageData: !osds.isEmpty || !pools.isEmpty
      case .capacity: !osds.isEmpty
      case .control: !control.isEmpty
      case .network: !network.isEmpty
      }
    }

    var isEmpty: Bool { osds.isEmpty && control.isEmpty && network.isEmpty && pools.isEmpty }
  }

  func added(_ taking: Set<Component>, to down: Set<Component>) -> Added {
    let before = lost.answer(down) { simulation.daemons(down: down) }
    let all = down.union(taking)
    let after = lost.answer(all) { simulation.daemons(down: all) }
    return Added(
      osds: after.osds.subtracting(before.osds), control: after.control.subtracting(before.control),
      network: Set(taking.flatMap(withoutHosts)).subtracting(down.flatMap(withoutHosts)),
      pools: taking.subtracting(down).filter { if case .pool = $0 { true } else { false } })
  }

  func refusal(down: Set<Component>, whereAdded added: Added) -> String? {
    if let finding = broken(down: down).first(where: { added.touches($0.guarantee) }) { return finding.why }
    return added.isEmpty ? nil : reserve?.refusal(down: down) { broken(down: $0) }
  }

  /// Promises that do not hold with all of this down.
  ///
  /// A host that is down may come back at any moment, and must not find itself cut off: for the network every host counts
  /// as up.
  public func broken(down: Set<Component>) -> [Finding] {
    known.answer(down) {
      let network = simulation.findings(down: Set(down.flatMap(withoutHosts))).filter { $0.guarantee == .network }
      let others = simulation.findings(down: down).filter { $0.guarantee != .network }
      return (others + network).filter { !$0.holds && promised.contains($0.guarantee) }
    }
  }

  /// What of a component other hosts' traffic goes through.
  private func withoutHosts(_ component: Component) -> [Component] {
    switch component {
    case .node(let name), .routing(let name): simulation.isHost(name) ? [] : [component]
    case .rack(let rack): simulation.switches(of: rack).map { .node($0) }
    case .link: [component]
    case .osd, .mon, .mgr, .pool, .bucket: []
    }
  }

  /// What a change alone breaks, with everything else up, promised or not: while it lasts, that is down.
  public func downtime(of taken: Set<Component>) -> [Finding] {
    simulation.findings(down: taken).filter { !$0.holds }
  }
}

/// Answers that were given before.
private final class Memo<Answer: Sendable>: Sendable {
  private let answers = Mutex<[Set<Component>: Answer]>([:])
  /// A plan of thousands of steps has as many questions; more are asked by nobody.
  private let most = 10_000

  func answer(_ down: Set<Component>, _ find: () -> Answer) -> Answer {
    if let known = answers.withLock({ $0[down] }) { return known }
    let found = find()
    answers.withLock { answers in
      if answers.count >= most { answers = [:] }
      answers[down] = found
    }
    return found
  }
}

/// Failures that are kept in hand: what might happen besides what is down.
private struct Reserve {
  private let survive: Survival
  private let count: Int
  private let symmetry: Symmetry
  /// Where each component stands.
  private let members: [Component: FailureClass.Member]

  init(_ design: Design, count: Int) {
    survive = design.survive
    self.count = count
    let domains = Set([survive.storage, survive.network, survive.control])
    let kinds = FailureKind.allCases.filter { kind in
      switch kind {
      case .disk: domains.contains(.disk)
      case .host: domains.contains(.host)
      case .leaf, .spine: domains.contains(.switch)
      case .rack: domains.contains(.rack)
      case .link, .bucket, .mon, .mgr: false
      }
    }
    symmetry = Symmetry(design, kinds: Set(kinds))
    members = Dictionary(
      Symmetry(design).classes.flatMap { $0.members.map { ($0.component, $0) } }
    ) { first, _ in first }
  }

  func refusal(down: Set<Component>, _ broken: (Set<Component>) -> [Finding]) -> String? {
    refusal(down: down, left: count, broken)
  }

  private func refusal(down: Set<Component>, left: Int, _ broken: (Set<Component>) -> [Finding]) -> String? {
    for (kind, failure) in candidates(beside: down) {
      let all = down.union([failure])
      if let finding = broken(all).first(where: { survive.covers(kind, $0.guarantee) }) {
        return "nothing would be kept in hand: with \(failure) lost too, \(finding.why)"
      }
      if left > 1, let reason = refusal(down: all, left: left - 1, broken) { return reason }
    }
    return nil
  }

  /// Of failures that are alike one is enough, but for those near something that is down: that tells them apart.
  private func candidates(beside down: Set<Component>) -> [(FailureKind, Component)] {
    let places = down.compactMap { members[$0.standing] }
    let hosts = Set(places.compactMap(\.host))
    let racks = Set(places.compactMap(\.rack))
    return symmetry.classes.indices.flatMap { number -> [(FailureKind, Component)] in
      let (failures, standing) = (symmetry.classes[number], symmetry.places[number])
      let near = Set(
        hosts.flatMap { standing.hosts[$0] ?? [] } + racks.flatMap { standing.racks[$0] ?? [] })
      let other = failures.members.indices.first { !near.contains($0) }
      return (near.sorted() + [other].compactMap { $0 }).map { failures.members[$0].component }
        .filter { !down.contains($0) }.map { (failures.kind, $0) }
    }
  }
}

extension Component {
  /// What tells where it stands.
  fileprivate var standing: Component { if case .routing(let node) = self { .node(node) } else { self } }
}
