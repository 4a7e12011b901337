import Glibc

/// An address with its prefix length, as given to an interface.
struct IPAddress: Hashable, CustomStringConvertible {
  /// 4 or 16.
  private let bytes: [UInt8]
  private let length: Int

  /// `198.18.64.11/32`; `nil`: not of that form.
  init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "/", maxSplits: 1)
    guard parts.count == 2, let length = Int(parts[1]) else { return nil }
    let isIPv6 = parts[0].contains(":")
    var bytes = [UInt8](repeating: 0, count: isIPv6 ? 16 : 4)
    guard inet_pton(isIPv6 ? AF_INET6 : AF_INET, String(parts[0]), &bytes) == 1 else { return nil }
    guard (0...bytes.count * 8).contains(length) else { return nil }
    (self.bytes, self.length) = (bytes, length)
  }

  /// As the kernel tells it; `nil`: of another family.
  init?(address: UnsafePointer<sockaddr>?, mask: UnsafePointer<sockaddr>?) {
    guard let bytes = Self.bytes(address), let mask = Self.bytes(mask) else { return nil }
    self.bytes = bytes
    length = mask.reduce(0) { $0 + $1.nonzeroBitCount }
  }

  private static func bytes(_ address: UnsafePointer<sockaddr>?) -> [UInt8]? {
    guard let address else { return nil }
    switch Int32(address.pointee.sa_family) {
    case AF_INET:
      return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { address in
        withUnsafeBytes(of: address.pointee.sin_addr) { Array($0) }
      }
    case AF_INET6:
      return address.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { address in
        withUnsafeBytes(of: address.pointee.sin6_addr) { Array($0) }
      }
    default: return nil
    }
  }

  var description: String {
    var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
    inet_ntop(bytes.count == 16 ? AF_INET6 : AF_INET, bytes, &text, socklen_t(text.count))
    return "\(String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self))/\(length)"
  }
}
