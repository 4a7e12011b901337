import Design
import Site

/// What `varde check` says: the design in short, what the site survives and what it does not, and what to do next.
public struct CheckReport: Sendable, Codable {
  public var site: String
  /// What the site is asked to survive.
  public var asked: Survival
  /// Every single loss, by kind.
  public var findings: [Loss]
  /// What is true, and better known before it matters.
  public var risks: [String]
  public var capacity: Capacity?
  public var nextStep: String
  let summary: [String]

  /// Tries every single loss: linear in the size of the site for each switch and rack.
  public init(_ design: Design) {
    site = design.site
    asked = design.survive
    findings = FailureSimulation.singleLosses(of: design)
    risks = design.risks
    capacity = design.capacity
    nextStep = design.nextStep
    summary = design.summary
  }

  /// Paragraphs and a table, for people.
  public var text: String {
    var text = "\(site)\n" + summary.map { "  \($0)\n" }.joined()
    text += "\nAsked to survive\n"
    text +=
      "  storage: \(asked.storage.rawValue), network: \(asked.network.rawValue), control: \(asked.control.rawValue)\n"
    text += "\nSurvives the loss of\n" + survivalTable
    let reasons = findings.flatMap(Self.reasons)
    if !reasons.isEmpty { text += "\nDoes not survive\n" + reasons.map { "  \($0)\n" }.joined() }
    if let capacity {
      text += "\nCapacity\n"
      text += "  \(capacity.raw) of disks hold \(capacity.usable) of data before Ceph warns;"
      text += " with \(capacity.largestDomain) lost, \(capacity.usableWithoutLargest)\n"
    }
    if !risks.isEmpty { text += "\nMind\n" + risks.map { "  \($0)\n" }.joined() }
    return text + "\nNext step\n  \(nextStep)\n"
  }

  private var survivalTable: String {
    let shown: [Guarantee] = [.storageIO, .network, .control]
    var table = TextTable("any one", shown[0].title, shown[1].title, shown[2].title)
    for loss in findings {
      let cells = shown.map { loss.breaches(of: $0).isEmpty ? "yes" : "NO" }
      table.add("\(loss.domain.rawValue) (of \(loss.count))", cells[0], cells[1], cells[2])
    }
    return table.text
  }

  /// One line for each guarantee that a kind of loss breaks, with the first breach as the example.
  private static func reasons(_ loss: Loss) -> [String] {
    Guarantee.allCases.compactMap { guarantee in
      let breaches = loss.breaches(of: guarantee)
      guard let first = breaches.first, let finding = first.broken.first(where: { $0.guarantee == guarantee }) else {
        return nil
      }
      let others = breaches.count > 1 ? ", and \(breaches.count - 1) more like it" : ""
      return "\(loss.domain.rawValue), \(guarantee.title): without \(first.component.name) \(finding.why)\(others)"
    }
  }
}

extension Component {
  /// As in `without …`.
  fileprivate var name: String {
    if case .osd(let host, let disk) = self { return "\(host):\(disk)" }
    return description
  }
}
