/// What names may look like.
enum Names {
  /// At most 32 ASCII letters, digits and hyphens, starting with a letter.
  static func isSite(_ name: String) -> Bool {
    guard let first = name.utf8.first, (1...32).contains(name.utf8.count) else { return false }
    return isLetter(first) && name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == hyphen }
  }

  /// A host name of one label in lower case (RFC 1123, section 2.1).
  static func isHost(_ name: String) -> Bool {
    guard let first = name.utf8.first, let last = name.utf8.last, name.utf8.count <= 63 else { return false }
    return first != hyphen && last != hyphen
      && name.utf8.allSatisfy { isLower($0) || isDigit($0) || $0 == hyphen }
  }

  /// What Ceph takes for a pool without quoting, and is not reserved: letters, digits, `.`, `_` and `-`.
  static func isPool(_ name: String) -> Bool {
    guard let first = name.utf8.first, name.utf8.count <= 63 else { return false }
    return (isLetter(first) || isDigit(first))
      && name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == hyphen || $0 == dot || $0 == underscore }
  }

  /// Whether `client.NAME` is one of Ceph's own users.
  static func isCephUser(_ name: String) -> Bool {
    name == "admin" || name == "crash" || name.hasPrefix("bootstrap-")
  }

  /// A network interface's name: 1 to 15 bytes (Linux IFNAMSIZ), of letters, digits, `-`, `_` and `.`.
  static func isInterface(_ name: String) -> Bool {
    (1...interfaceLimit).contains(name.utf8.count) && name != "." && name != ".."
      && name.utf8.allSatisfy { isLetter($0) || isDigit($0) || $0 == hyphen || $0 == dot || $0 == underscore }
  }

  /// Linux takes IFNAMSIZ (16) bytes with the terminating zero.
  static let interfaceLimit = 15

  /// Interfaces that a node has anyway: loopback, and the management port under its usual names.
  static let reservedInterfaces: Set<String> = ["lo", "eth0", "mgmt0", "host0"]

  private static let hyphen = UInt8(ascii: "-")
  private static let dot = UInt8(ascii: ".")
  private static let underscore = UInt8(ascii: "_")
  private static func isLower(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
  private static func isLetter(_ byte: UInt8) -> Bool { isLower(byte | 0x20) }
  private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
