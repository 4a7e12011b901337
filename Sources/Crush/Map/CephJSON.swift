import Foundation

/// What Ceph's tools print as JSON is not always JSON: a line like `dumped all` stands before it, warnings stand around it,
/// a byte order mark or UTF-16 comes of a redirection elsewhere, and numbers that are none are written as bare words.
public enum CephJSON {
  /// The first value of a text as JSON that any decoder knows: `null` for `inf`, `nan`, `-nan` and the like.
  public static func plain(_ data: Data) -> Data {
    let data = asUTF8(data)
    return data.withUnsafeBytes { bytes in
      let start = start(of: bytes)
      var (result, position) = (Data(capacity: bytes.count - start), start)
      var (depth, copied) = (0, start)
      while position < bytes.count {
        switch bytes[position] {
        case UInt8(ascii: "\""): position = endOfText(bytes, position)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
          depth += 1
          position += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          depth -= 1
          position += 1
          if depth == 0 {
            result.append(contentsOf: bytes[copied..<position])
            return result
          }
        default:
          if let word = noNumber(bytes, position) {
            result.append(contentsOf: bytes[copied..<position])
            result.append(contentsOf: "null".utf8)
            position += word
            copied = position
          } else {
            position += 1
          }
        }
      }
      result.append(contentsOf: bytes[copied..<bytes.count])
      return result
    }
  }

  /// Without a byte order mark, whatever it was written in.
  static func asUTF8(_ data: Data) -> Data {
    if data.starts(with: [0xef, 0xbb, 0xbf]) { return data.dropFirst(3) }
    if data.starts(with: [0xff, 0xfe]) || data.starts(with: [0xfe, 0xff]) {
      return String(data: data, encoding: .utf16).map { Data($0.utf8) } ?? data
    }
    return data
  }

  /// Where the first line begins that is of an object or an array; 0 where none is.
  static func start(of bytes: UnsafeRawBufferPointer) -> Int {
    var (position, isAtLineStart) = (0, true)
    while position < bytes.count {
      switch bytes[position] {
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        if isAtLineStart { return position }
      case UInt8(ascii: "\n"), UInt8(ascii: "\r"): isAtLineStart = true
      case UInt8(ascii: " "), UInt8(ascii: "\t"): break
      default: isAtLineStart = false
      }
      position += 1
    }
    return 0
  }

  /// Behind the text that begins here.
  private static func endOfText(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int {
    var position = start + 1
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(position + 1, bytes.count)
  }

  /// How long the word for a number is that is none; `nil`: another word stands here.
  static func noNumber(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int? {
    var position = start
    if bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") { position += 1 }
    let letters = position
    while position < bytes.count, isLetter(bytes[position]) { position += 1 }
    guard position > letters, position - letters <= 8 else { return nil }
    let word = String(decoding: bytes[letters..<position], as: UTF8.self).lowercased()
    return ["inf", "nan", "infinity"].contains(word) ? position - start : nil
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
