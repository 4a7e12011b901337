import Glibc

/// An interface of the running kernel.
struct LiveInterface: Hashable {
  var isUp: Bool
  /// In bytes.
  var mtu: Int
  var addresses: Set<IPAddress>

  /// `nil`: there is none of this name.
  static func read(_ name: String) throws -> LiveInterface? {
    var list: UnsafeMutablePointer<ifaddrs>?
    try check(getifaddrs(&list), "interfaces")
    defer { freeifaddrs(list) }
    var found: LiveInterface?
    // An interface without addresses is listed, too: by its address of the packet family.
    for entry in sequence(first: list, next: { $0?.pointee.ifa_next }) {
      guard let entry = entry?.pointee, String(cString: entry.ifa_name) == name else { continue }
      let isUp = entry.ifa_flags & UInt32(IFF_UP) != 0
      var interface = try found ?? LiveInterface(isUp: isUp, mtu: mtu(of: name), addresses: [])
      if let address = IPAddress(address: entry.ifa_addr, mask: entry.ifa_netmask) {
        interface.addresses.insert(address)
      }
      found = interface
    }
    return found
  }

  /// Asked of the network namespace itself: /sys may show another one's interfaces.
  private static func mtu(of name: String) throws -> Int {
    let socket = try check(Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0), "socket")
    defer { close(socket) }
    // struct ifreq: the name in 16 bytes, then a union of 24 whose first four are here the MTU.
    var request = [UInt8](repeating: 0, count: 40)
    request.replaceSubrange(0..<min(name.utf8.count, 15), with: name.utf8.prefix(15))
    try check(ioctl(socket, UInt(SIOCGIFMTU), &request), "MTU of \(name)")
    return request.withUnsafeBytes { Int($0.loadUnaligned(fromByteOffset: 16, as: Int32.self)) }
  }
}
