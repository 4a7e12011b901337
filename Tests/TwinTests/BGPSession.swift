import Foundation

/// A router's session, by FRR's word.
struct BGPSession: Decodable, Hashable {
  var state: String
  /// How often it has come up.
  var connectionsEstablished: Int

  /// Address family and peer to session.
  static func all(of router: String, _ site: TestSite) async throws -> [String: BGPSession] {
    struct Family: Decodable { var peers: [String: BGPSession] }
    let text = try await site.sh(router, "vtysh -c 'show bgp summary json'")
    let families = try JSONDecoder().decode([String: Family].self, from: Data(text.utf8))
    guard let unicast = families["ipv4Unicast"] else { throw Unmet("\(router) speaks no IPv4 unicast: \(text)") }
    return unicast.peers
  }
}
