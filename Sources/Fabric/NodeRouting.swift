import Design
import Foundation
import HostProtocol
import Hosts

/// What a node of the fabric says of itself: BGP and BFD by FRR's word, routes by the kernel's.
public struct NodeRouting: Sendable, Hashable, Codable {
  public var node: String
  /// Interface to the state of its session, for IPv4 and IPv6: `Established`, `Active`, ...
  public var bgp: [String: String]
  /// Interface to the state of its BFD session: `up`, `down`, ...
  public var bfd: [String: String]
  /// Destination (`198.18.64.11`, `fd00::11`) to the interfaces that the kernel sends over.
  public var routes: [String: [String]]

  public init(node: String, bgp: [String: String], bfd: [String: String], routes: [String: [String]]) {
    self.node = node
    self.bgp = bgp
    self.bfd = bfd
    self.routes = routes
  }

  /// Asks a node.
  ///
  /// - Throws: `HostError` where it cannot be reached or FRR does not answer.
  public static func observe(_ session: any HostSession) async throws -> NodeRouting {
    // One vtysh for both: it reads all of FRR's grammar at each start.
    let argv = ["vtysh", "-c", "show bgp summary json", "-c", "show bfd peers json"]
    let answers = JSONTexts.split(try await session.text(argv))
    guard answers.count == 2 else {
      throw HostError(host: session.host, message: "\(argv.joined(separator: " ")) gave \(answers.count) answers")
    }
    let summary = try session.decode(answers[0], of: argv, as: BGPSummary.self)
    let peers = try session.decode(answers[1], of: argv, as: [BFDPeer].self)
    let ipv4 = try await session.json(["ip", "-j", "-4", "route", "show", "proto", "bgp"], as: [KernelRoute].self)
    let ipv6 = try await session.json(["ip", "-j", "-6", "route", "show", "proto", "bgp"], as: [KernelRoute].self)
    let routes = KernelRoute.interfaces(of: ipv4 + ipv6)
    return NodeRouting(node: session.host, bgp: summary.states, bfd: peers.states, routes: routes)
  }
}

extension HostSession {
  func json<Value: Decodable>(_ argv: [String], as type: Value.Type) async throws -> Value {
    try decode(try await text(argv), of: argv, as: type)
  }

  /// What a command prints.
  func text(_ argv: [String]) async throws -> String {
    let result = try await run(CommandRequest(argv, timeout: 20))
    guard result.status == 0 else {
      throw HostError(
        host: host, message: "\(argv.joined(separator: " ")): \(result.error)\(result.output.suffix(400))")
    }
    return result.output
  }

  func decode<Value: Decodable>(_ text: String, of argv: [String], as type: Value.Type) throws -> Value {
    do {
      let text = text.allSatisfy(\.isWhitespace) ? "[]" : text
      return try JSONDecoder().decode(type, from: Data(text.utf8))
    } catch {
      throw HostError(host: host, message: "\(argv.joined(separator: " ")) gave what cannot be read: \(error)")
    }
  }
}

/// `show bgp summary json`.
struct BGPSummary: Decodable {
  struct Family: Decodable {
    struct Peer: Decodable { var state: String }
    var peers: [String: Peer]?
  }

  var ipv4Unicast: Family?
  var ipv6Unicast: Family?

  /// A session counts as established only where both address families say so.
  var states: [String: String] {
    let families = [ipv4Unicast, ipv6Unicast].map { $0?.peers ?? [:] }
    var states: [String: String] = [:]
    for (name, peer) in families.joined() where states[name] == nil || states[name] == "Established" {
      states[name] = peer.state
    }
    return states
  }
}

/// An entry of `show bfd peers json`.
struct BFDPeer: Decodable {
  var interface: String?
  var status: String
}

extension [BFDPeer] {
  var states: [String: String] {
    Dictionary(compactMap { peer in peer.interface.map { ($0, peer.status) } }) { first, _ in first }
  }
}

/// An entry of `ip -j route`.
struct KernelRoute: Decodable {
  struct NextHop: Decodable {
    var dev: String
    var flags: [String]?
  }

  var dst: String
  var dev: String?
  var flags: [String]?
  var nexthops: [NextHop]?

  /// Destination to the interfaces that can carry traffic to it now.
  static func interfaces(of routes: [KernelRoute]) -> [String: [String]] {
    var found: [String: [String]] = [:]
    for route in routes {
      let hops = route.nexthops ?? route.dev.map { [NextHop(dev: $0, flags: route.flags)] } ?? []
      let live = hops.filter { !($0.flags ?? []).contains { $0 == "dead" || $0 == "linkdown" } }
      found[route.dst, default: []] += live.map(\.dev)
    }
    return found
  }
}
