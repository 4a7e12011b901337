import Design
import Site

/// What `varde prove` says: every single failure, or every pair of them, and what it breaks.
public struct Proof: Sendable, Codable {
  /// The site's or the cluster's name.
  public var name: String
  /// What is asked for; `nil` where nobody has said it, as of a cluster without a site file.
  public var asked: Survival?
  /// Of a cluster: kinds of failures none of which is to break anything; of a site `asked` says it.
  public var mustSurvive: [FailureKind] = []
  /// Of a cluster: what is broken now, before anything fails.
  public var now: [Finding] = []
  /// The guarantees that were asked about; of others nothing is known.
  public var guarantees: [Guarantee]
  /// How many failures happen at once: 1 or 2.
  public var depth: Int
  /// For each kind of failure how many there are, and how many of them break what.
  public var summaries: [Summary]
  /// What breaks something; those that are alike in every respect are one case.
  public var cases: [Case]
  /// What is true besides, and better known before it matters.
  public var notes: [String]

  /// All failures of one kind, or pairs of two kinds.
  public struct Summary: Sendable, Hashable, Codable {
    public var kinds: [FailureKind]
    public var count: Int
    /// Guarantee to how many failures break it.
    public var breaks: [Guarantee: Int]
    /// The least user data that fits after any of these failures; missing where disks' sizes are not known.
    public var room: Bytes?
  }

  /// Failures that break something, all in the same way.
  public struct Case: Sendable, Hashable, Codable {
    public var kinds: [FailureKind]
    /// How many there are.
    public var count: Int
    /// One of them: what is down.
    public var example: [Component]
    /// What it breaks, and why.
    public var broken: [Finding]
    /// Guarantees that one of the two failures breaks alone already; empty for single failures.
    public var brokenAlready: [Guarantee]

    /// Whether it takes both failures for any of it.
    public var isNews: Bool { broken.contains { !brokenAlready.contains($0.guarantee) } }
  }

  /// Single failures of what the site was asked to survive, and does not.
  public var brokenPromises: [Case] {
    guard depth == 1 else { return [] }
    return cases.filter { failure in
      mustSurvive.contains(failure.kinds[0])
        || failure.broken.contains { asked?.covers(failure.kinds[0], $0.guarantee) == true }
    }
  }

  /// Whether anybody said what is to survive.
  public var hasPromises: Bool { asked != nil || !mustSurvive.isEmpty }
}

extension Survival {
  /// What must survive, of a guarantee's scope.
  func domain(of guarantee: Guarantee) -> FailureDomain {
    switch guarantee {
    case .storageIO, .storageData, .capacity: storage
    case .network: network
    case .control: control
    }
  }

  /// Whether a guarantee is to hold when one of these fails.
  func covers(_ kind: FailureKind, _ guarantee: Guarantee) -> Bool {
    let domain = domain(of: guarantee)
    switch kind {
    case .disk: return domain >= .disk
    case .host, .mon, .mgr: return domain >= .host
    case .leaf, .spine, .link: return domain >= .switch
    case .rack: return domain >= .rack
    // A site has none.
    case .bucket: return false
    }
  }
}

extension Proof {
  /// Tries every failure of a site.
  ///
  /// - Parameters:
  ///   - depth: 1: single failures; 2: pairs
  ///   - kinds: what fails
  ///   - stored: user data in the cluster, to see whether it still fits; `nil`: not known
  public init(
    _ design: Design, depth: Int = 1, kinds: Set<FailureKind> = Set(FailureKind.allCases), stored: Bytes? = nil
  ) {
    let simulation = FailureSimulation(design, stored: stored)
    let symmetry = Symmetry(design, kinds: kinds)
    var tally = ProofTally()
    func findings(_ down: [Component]) -> [Finding] { simulation.findings(down: Set(down)) }
    func room(_ down: [Component]) -> Bytes? { simulation.room(down: Set(down)) }
    if depth == 1 {
      for failures in symmetry.classes {
        let down = [failures.representative]
        tally.add([failures.kind], failures.members.count, down, findings(down), room: room(down))
      }
    } else {
      var alone: [Component: Set<Guarantee>] = [:]
      func broken(_ component: Component) -> Set<Guarantee> {
        if let known = alone[component] { return known }
        let found = findings([component]).broken
        alone[component] = found
        return found
      }
      for pair in symmetry.pairs {
        tally.add(
          pair.kinds, pair.count, pair.example, findings(pair.example), room: room(pair.example),
          brokenAlready: pair.example.reduce(into: Set()) { $0.formUnion(broken($1)) })
      }
    }
    self.init(
      name: design.site, asked: design.survive,
      guarantees: Guarantee.allCases.filter { $0 != .capacity || stored != nil }, depth: depth,
      summaries: tally.summaries, cases: tally.cases,
      notes: design.risks)
  }
}

extension [Finding] {
  var broken: Set<Guarantee> { Set(filter { !$0.holds }.map(\.guarantee)) }
}
