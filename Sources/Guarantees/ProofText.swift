import Design
import Site

/// A proof as a person reads it: a line a kind of failure, then what breaks, what is alike folded into one.
public struct ProofText: Sendable {
  public var proof: Proof

  public init(_ proof: Proof) { self.proof = proof }

  public var text: String {
    let what = proof.depth == 1 ? "every single failure" : "every pair of failures"
    var text = "\(proof.name): \(what)\n"
    if let asked = proof.asked {
      text += "  asked to survive: storage \(asked.storage.rawValue), network \(asked.network.rawValue), "
      text += "control \(asked.control.rawValue)\n"
    }
    if !proof.now.isEmpty {
      text += "\nAs things are now\n" + proof.now.map { "  \($0.guarantee.title): \($0.why)\n" }.joined()
    }
    text += "\n" + table
    let lines = cases
    if !lines.isEmpty {
      text += proof.depth == 1 ? "\nWhat breaks\n" : "\nWhat breaks by both together, and by neither alone\n"
      text += lines.map { "  \($0)\n" }.joined()
    }
    if !proof.notes.isEmpty { text += "\nMind\n" + proof.notes.map { "  \($0)\n" }.joined() }
    return text + "\n\(verdict)\n"
  }

  private var table: String {
    let hasRoom = proof.summaries.contains { $0.room != nil }
    var table = TextTable(
      [proof.depth == 1 ? "any one" : "any two"] + proof.guarantees.map(\.title) + (hasRoom ? ["room for data"] : []))
    for summary in proof.summaries {
      let cells = proof.guarantees.map { guarantee -> String in
        let count = summary.breaks[guarantee] ?? 0
        return count == 0 ? "holds" : count == summary.count ? "BREAKS" : "\(count) break"
      }
      table.add(["\(summary.title) (\(summary.count))"] + cells + (hasRoom ? [summary.room?.description] : []))
    }
    return table.text
  }

  /// Cases of the same kinds that break the same for the same reason, one line.
  private var cases: [String] {
    struct Key: Hashable {
      var kinds: [FailureKind]
      var guarantees: [Guarantee]
    }
    var order: [Key] = []
    var folded: [Key: (first: Proof.Case, count: Int)] = [:]
    for item in proof.cases where proof.depth == 1 || item.isNews {
      let key = Key(kinds: item.kinds, guarantees: item.broken.map(\.guarantee))
      if folded[key] == nil { order.append(key) }
      folded[key] = (folded[key]?.first ?? item, (folded[key]?.count ?? 0) + item.count)
    }
    return order.compactMap { folded[$0] }.map { first, count in
      let names = first.example.map(\.description).joined(separator: " and ")
      let alike = count > 1 ? " (and \(count - 1) more like it)" : ""
      let why = first.broken.filter { !first.brokenAlready.contains($0.guarantee) }.map {
        "\($0.guarantee.title): \($0.why)"
      }
      return "\(names)\(alike): \(why.joined(separator: "; "))"
    }
  }

  private var verdict: String {
    let failures = proof.summaries.reduce(0) { $0 + $1.count }
    let breaking = proof.cases.reduce(0) { $0 + $1.count }
    let tried = "\(failures) \(proof.depth == 1 ? "failures" : "pairs") tried, \(breaking) break something"
    guard proof.depth == 1, proof.hasPromises else { return "\(tried)." }
    let broken = proof.brokenPromises
    let name = proof.asked == nil ? "cluster" : "site"
    return broken.isEmpty
      ? "\(tried). The \(name) keeps what it is asked to."
      : "\(tried). The \(name) does NOT keep what it is asked to: see \(broken[0].example[0])."
  }
}

extension Proof.Summary {
  /// `rack + host`.
  var title: String { kinds.map(\.rawValue).reversed().joined(separator: " + ") }
}
