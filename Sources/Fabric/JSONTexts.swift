/// Several values of JSON one after the other, as one program prints them that is asked several things.
enum JSONTexts {
  /// The objects and arrays of a text, in their order. What does not end is left out.
  static func split(_ text: String) -> [String] {
    let bytes = Array(text.utf8)
    var values: [String] = []
    var (depth, start, isInText) = (0, 0, false)
    var index = 0
    while index < bytes.count {
      switch bytes[index] {
      case UInt8(ascii: "\\") where isInText: index += 1
      case UInt8(ascii: "\""): isInText.toggle()
      case UInt8(ascii: "{") where !isInText, UInt8(ascii: "[") where !isInText:
        if depth == 0 { start = index }
        depth += 1
      case UInt8(ascii: "}") where !isInText, UInt8(ascii: "]") where !isInText:
        // One too many ends nothing.
        guard depth > 0 else { break }
        depth -= 1
        if depth == 0 { values.append(String(decoding: bytes[start...index], as: UTF8.self)) }
      default: break
      }
      index += 1
    }
    return values
  }
}
