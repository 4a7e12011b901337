import Foundation
import Site

@testable import Design

/// Sites that the tests look at.
enum Sites {
  /// The example of that name.
  static func example(_ name: String) throws -> Site {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let path = root.appending(path: "Examples/\(name)/site.yaml")
    return try SiteFile.decode(String(contentsOf: path, encoding: .utf8), path: path.path).get()
  }

  /// So many racks, with two leaves and that many hosts each, joined by two spines. Every host has one disk.
  static func racked(_ racks: Int, hosts: Int, roles: Set<Role> = Set(Role.allCases)) -> Site {
    var site = Site(name: "test", hosts: [])
    site.network.spines = [1, 2].map { Switch(name: "s\($0)", address: address(0, 200 + $0)) }
    for rack in 1...racks {
      let leaves = [1, 2].map { Switch(name: "r\(rack)-l\($0)", address: address(rack, 100 + $0)) }
      site.racks.append(Rack(name: "r\(rack)", leaves: leaves))
      for host in 0..<hosts {
        site.hosts.append(
          Host(
            name: "r\(rack)h\(host)", address: address(rack, 1 + host), rack: "r\(rack)", roles: roles,
            disks: [Disk(path: "/dev/vdb", size: .gib(100))], memory: .gib(64)))
      }
    }
    return site
  }

  /// So many hosts on somebody else's network, with that many disks each.
  static func flat(_ hosts: Int, disks: Int = 1) -> Site {
    Site(
      name: "test",
      hosts: (0..<hosts).map { host in
        Host(
          name: "h\(host)", address: address(0, 1 + host),
          disks: (0..<disks).map { Disk(path: "/dev/vd\($0)", size: .gib(100)) })
      })
  }

  static func address(_ third: Int, _ fourth: Int) -> IPv4Address {
    IPv4Address(bits: 0xC612_0000 | UInt32(third) << 8 | UInt32(fourth))
  }
}
