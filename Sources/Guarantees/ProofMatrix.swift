import Design

/// What a proof found, as rows and columns.
struct ProofMatrix: Sendable {
  enum Field: Sendable, Hashable {
    /// There is no such pair.
    case none
    case holds
    /// The worst of what breaks.
    case breaks(Guarantee)
  }

  private(set) var rows: [String]
  private(set) var columns: [String]
  /// Row by row.
  private(set) var fields: [[Field]]

  /// A row for each failure, a column for each guarantee.
  static func singles(_ design: Design, _ kinds: Set<FailureKind>) -> ProofMatrix {
    let simulation = FailureSimulation(design)
    let classes = shown(Symmetry(design, kinds: kinds)).classes
    let guarantees: [Guarantee] = [.storageIO, .storageData, .network, .control]
    let fields = classes.map { failures -> [Field] in
      let findings = simulation.findings(down: [failures.representative])
      return guarantees.map { guarantee in
        findings.contains { $0.guarantee == guarantee && !$0.holds } ? .breaks(guarantee) : .holds
      }
    }
    return ProofMatrix(rows: classes.map(\.title), columns: guarantees.map(\.title), fields: fields)
  }

  /// Failures against failures: on the diagonal and above it those in different racks, below it those in one rack or
  /// host.
  static func pairs(_ design: Design, _ kinds: Set<FailureKind>) -> ProofMatrix {
    let simulation = FailureSimulation(design)
    let symmetry = shown(Symmetry(design, kinds: kinds))
    let count = symmetry.classes.count
    var fields = Array(repeating: Array(repeating: Field.none, count: count), count: count)
    for a in 0..<count {
      for pair in (a..<count).flatMap({ b in symmetry.pairs(a, b).map { (b, $0) } }) {
        let (row, column) = pair.1.position == .apart ? (a, pair.0) : (pair.0, a)
        let broken = simulation.findings(down: Set(pair.1.example)).filter { !$0.holds }.map(\.guarantee)
        let found = severity.first(where: broken.contains).map(Field.breaks) ?? .holds
        fields[row][column] = worse(fields[row][column], found)
      }
    }
    let titles = symmetry.classes.map(\.title)
    return ProofMatrix(rows: titles, columns: titles, fields: fields)
  }

  /// From the worst.
  static let severity: [Guarantee] = [.storageData, .storageIO, .control, .network, .capacity]

  private static func worse(_ a: Field, _ b: Field) -> Field {
    func rank(_ field: Field) -> Int {
      switch field {
      case .none: 0
      case .holds: 1
      case .breaks(let guarantee): 2 + severity.count - (severity.firstIndex(of: guarantee) ?? 0)
      }
    }
    return rank(a) >= rank(b) ? a : b
  }

  /// More rows than this nobody looks at: then the small things are left out, kind by kind.
  private static let mostRows = 80

  private static func shown(_ symmetry: Symmetry) -> Symmetry {
    var symmetry = symmetry
    for kind in [FailureKind.link, .disk, .mgr, .mon] where symmetry.classes.count > mostRows {
      symmetry = symmetry.without(kind)
    }
    return symmetry
  }
}

extension FailureClass {
  /// `host a1 (+2)`.
  fileprivate var title: String {
    let others = members.count > 1 ? " (+\(members.count - 1))" : ""
    let name = representative.description
    return (name.hasPrefix(kind.rawValue) || kind == .disk || kind == .mon || kind == .mgr ? name : "\(kind) \(name)")
      + others
  }
}
