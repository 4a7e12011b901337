import Foundation

/// A host's addresses and routes as its kernel has them.
struct KernelRoutes {
  /// Of its loopback interface, without 127.0.0.1 and ::1.
  var loopbacks: [String] = []
  /// Destination, as `ip route` writes it, to the interfaces it is reached over.
  var ways: [String: Set<String>] = [:]
  var interfaces: Set<String> = []

  static func observe(_ host: String, of site: TestSite) async throws -> KernelRoutes {
    let script = "ip -j addr; echo; ip -j -4 route; echo; ip -j -6 route"
    let parts = try await site.sh(host, script).split(separator: "\n").map { Data($0.utf8) }
    guard parts.count == 3 else { throw Unmet("\(host): ip -j printed \(parts.count) lines, not 3") }
    var routes = KernelRoutes()
    for interface in try JSONDecoder().decode([Interface].self, from: parts[0]) {
      routes.interfaces.insert(interface.ifname)
      guard interface.ifname == "lo" else { continue }
      routes.loopbacks = interface.addr_info.filter { $0.scope == "global" }.map(\.local)
    }
    for part in parts.dropFirst() {
      for route in try JSONDecoder().decode([Route].self, from: part) {
        let ways = route.nexthops?.map(\.dev) ?? route.dev.map { [$0] } ?? []
        routes.ways[route.dst, default: []].formUnion(ways)
      }
    }
    return routes
  }

  private struct Interface: Decodable {
    struct Address: Decodable {
      var local: String
      var scope: String
    }
    var ifname: String
    // swift-format-ignore: AlwaysUseLowerCamelCase
    var addr_info: [Address]
  }

  private struct Route: Decodable {
    struct NextHop: Decodable { var dev: String }
    var dst: String
    var dev: String?
    var nexthops: [NextHop]?
  }
}
