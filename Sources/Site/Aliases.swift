import Foundation

/// YAML's aliases (`*name`) stand for whole values, which may hold aliases themselves: a few lines can mean billions of
/// values, and comparing two of them takes for ever ("billion laughs").
enum Aliases {
  /// Whether the parser might never end. It compares the keys of a mapping; that takes for ever only where a key is, or
  /// holds, an alias.
  static func canTakeForEver(_ text: String) -> Bool { hasCompoundKeys(text) && expansion(of: text) > limit }

  /// So many can be compared in a blink.
  private static let limit = 1e7

  /// Whether a key may be more than a plain value: `? key`, `[a, b]: value`, `*alias : value`.
  private static func hasCompoundKeys(_ text: String) -> Bool {
    var previous = UInt8(ascii: "\n")
    // What a colon would make a key of: an alias or a bracket that has just ended.
    var canBeKey = false
    var isAlias = false
    for byte in text.utf8 {
      if separators.contains(previous), byte == UInt8(ascii: "?") { return true }
      if separators.contains(previous), byte == UInt8(ascii: "*") { isAlias = true }
      switch byte {
      case UInt8(ascii: ":") where canBeKey || isAlias: return true
      case UInt8(ascii: "]"), UInt8(ascii: "}"): canBeKey = true
      case UInt8(ascii: " "), UInt8(ascii: "\t"):
        canBeKey = canBeKey || isAlias
        isAlias = false
      default:
        canBeKey = false
        if byte == UInt8(ascii: "\n") || byte == UInt8(ascii: ",") { isAlias = false }
      }
      previous = byte
    }
    return false
  }

  /// As many values as the aliases of a text could stand for at most: with so many aliases in so many anchored values,
  /// each inside the next, the product of their numbers is largest where they are equal.
  private static func expansion(of text: String) -> Double {
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
