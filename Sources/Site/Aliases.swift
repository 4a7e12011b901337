import Foundation

/// YAML's aliases (`*name`) stand for whole values, which may hold aliases themselves: a few lines can mean billions of
/// values, and comparing two of them takes for ever ("billion laughs").
enum Aliases {
  /// More values than any site has.
  static let limit = 1e7

  /// As many values as the aliases of a text could stand for at most: with so many aliases in so many anchored values,
  /// each inside the next, the product of their numbers is largest where they are equal.
  static func expansion(of text: String) -> Double {
    var anchors = 0
    var aliases = 0
    var previous = UInt8(ascii: "\n")
    for byte in text.utf8 {
      if separators.contains(previous) {
        if byte == UInt8(ascii: "&") { anchors += 1 }
        if byte == UInt8(ascii: "*") { aliases += 1 }
      }
      previous = byte
    }
    guard anchors > 0, aliases > anchors else { return 1 }
    return pow(Double(aliases) / Double(anchors), Double(anchors))
  }

  private static let separators = Set(" \t\r\n[{,:-?".utf8)
}
