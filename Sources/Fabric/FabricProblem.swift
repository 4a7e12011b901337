/// Something in the fabric that is not as the design expects.
public enum FabricProblem: Sendable, Hashable {
  /// A session of a node's interface is not established, or its BFD is not up.
  case session(node: String, peer: String, bgp: String, bfd: String)
  /// A node's kernel holds fewer next hops to a loopback than the cables give.
  case paths(node: String, destination: String, family: String, found: Int, expected: Int)

  /// Problems as lines for people: what all nodes say of one destination stands in one line.
  public static func lines(_ problems: [FabricProblem]) -> [String] {
    var lines: [String] = []
    var destinations: [String] = []
    var counts: [String: [String: (found: Int, expected: Int)]] = [:]
    for problem in problems {
      switch problem {
      case .session(let node, let peer, let bgp, let bfd):
        lines.append("\(node) to \(peer): BGP is \(bgp), BFD is \(bfd)")
      case .paths(let node, let destination, _, let found, let expected):
        if counts[destination] == nil { destinations.append(destination) }
        let known = counts[destination, default: [:]][node]?.found ?? found
        counts[destination, default: [:]][node] = (min(found, known), expected)
      }
    }
    return lines + destinations.map { line(to: $0, counts[$0] ?? [:]) }
  }

  private static func line(to destination: String, _ counts: [String: (found: Int, expected: Int)]) -> String {
    let shown = 4
    let nodes = counts.sorted { $0.key < $1.key }.map { "\($0.key) has \($0.value.found) of \($0.value.expected)" }
    let rest = nodes.count > shown ? " and \(nodes.count - shown) more nodes have too few" : ""
    return "paths to \(destination) in the kernel: \(nodes.prefix(shown).joined(separator: ", "))\(rest)"
  }
}
