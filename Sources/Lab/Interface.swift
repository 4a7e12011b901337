import Foundation
import Processes

/// What `ip -j link` says of the interfaces of a namespace.
struct Interface: Sendable, Hashable, Decodable {
  var ifname: String?
  var flags: [String]?
  var ifalias: String?

  var isUp: Bool { flags?.contains("UP") ?? false }

  /// - Parameter namespace: How to run a program there, without the program: `nsenter -t 12 -n`.
  static func list(_ namespace: [String]) async throws -> [String: Interface] {
    let text = try await Command.check(namespace + ["ip", "-j", "link", "show"])
    let all = try JSONDecoder().decode([Interface].self, from: Data(text.utf8))
    return Dictionary(
      all.compactMap { each in each.ifname.map { ($0, each) } }, uniquingKeysWith: { first, _ in first })
  }
}
