import ArgumentParser
import Foundation

/// How a command prints its data.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
  case text, json
}

enum Output {
  /// Stable, sorted JSON.
  static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }
}
