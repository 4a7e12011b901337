/// Something in the fabric that is not as the design expects.
public enum FabricProblem: Sendable, Hashable {
  /// A session of a node's interface is not established, or its BFD is not up.
  case session(node: String, peer: String, bgp: String, bfd: String)
  /// A node's kernel holds fewer next hops to a loopback than the cables give.
  case paths(node: String, destination: String, family: String, found: Int, expected: Int)

  /// Problems as lines for people. Paths follow from sessions: where one is down, they are only counted; where all
  /// are up, each destination has a line, for then the kernels hold something else than BGP says.
  public static func lines(_ problems: [FabricProblem]) -> [String] {
    var sessions: [String] = []
    var paths = Paths()
    for problem in problems {
      switch problem {
      case .session(let node, let peer, let bgp, let bfd):
        sessions.append("\(node) to \(peer): BGP is \(bgp), BFD is \(bfd)")
      case .paths(let node, let destination, _, let found, let expected):
        paths.add(node, destination, found, expected)
      }
    }
    return sessions.isEmpty ? paths.lines : sessions + paths.summary
  }

  /// Node pairs with too few next hops; of IPv4 and IPv6 the worse counts.
  private struct Paths {
    private var destinations: [String] = []
    private var counts: [String: [String: (found: Int, expected: Int)]] = [:]

    mutating func add(_ node: String, _ destination: String, _ found: Int, _ expected: Int) {
      if counts[destination] == nil { destinations.append(destination) }
      let known = counts[destination, default: [:]][node]?.found ?? found
      counts[destination, default: [:]][node] = (min(found, known), expected)
    }

    var summary: [String] {
      let all = counts.values.flatMap(\.values)
      guard !all.isEmpty else { return [] }
      let none = all.count { $0.found == 0 }
      return ["paths in the kernels: \(none) pairs of nodes have none, \(all.count - none) fewer than the cables give"]
    }

    var lines: [String] {
      let shown = 4
      return destinations.map { destination in
        let nodes = (counts[destination] ?? [:]).sorted { $0.key < $1.key }.map {
          "\($0.key) has \($0.value.found) of \($0.value.expected)"
        }
        let rest = nodes.count > shown ? " and \(nodes.count - shown) more nodes have too few" : ""
        return "paths to \(destination) in the kernel: \(nodes.prefix(shown).joined(separator: ", "))\(rest)"
      }
    }
  }
}
