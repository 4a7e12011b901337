/// A site file that an operator extends step by step, and then shortens.
struct GrowingSite {
  var racks: [String] = []
  /// Name, last number of the address, disks.
  var hosts: [(name: String, last: Int, disks: Int)] = [("a1", 11, 2)]
  var extra = ""

  static let oneVM = GrowingSite()
  static let threeHosts = GrowingSite(hosts: oneVM.hosts + [("a2", 12, 1), ("a3", 13, 1)])
  static let oneRack = GrowingSite(racks: ["a"], hosts: threeHosts.hosts)
  static let threeRacks = GrowingSite(
    racks: ["a", "b", "c"], hosts: oneRack.hosts + [("b1", 21, 1), ("b2", 22, 1), ("c1", 31, 1), ("c2", 32, 1)])

  func without(_ name: String) -> GrowingSite {
    GrowingSite(racks: racks, hosts: hosts.filter { $0.name != name }, extra: extra)
  }

  func yaml(_ name: String) -> String {
    var text = "site: \(name)\n"
    if racks.count > 1 {
      text += "network: { spines: { s1: { address: 198.18.0.201 }, s2: { address: 198.18.0.202 } } }\n"
    }
    if !racks.isEmpty { text += "racks:\n" }
    for (index, rack) in racks.enumerated() {
      let first = 111 + 10 * index
      text += "  \(rack): { leaves: { \(rack)-l1: { address: 198.18.0.\(first) }, "
      text += "\(rack)-l2: { address: 198.18.0.\(first + 1) } } }\n"
    }
    text += "hosts:\n"
    for host in hosts {
      let rack = racks.isEmpty ? "" : "rack: \(host.name.prefix(1)), "
      let disks = ["vdb", "vdc"].prefix(host.disks).map { "{ path: /dev/\($0), size: 8GiB }" }
      text += "  \(host.name): { \(rack)address: 198.18.0.\(host.last), memory: 4GiB, "
      text += "disks: [\(disks.joined(separator: ", "))] }\n"
    }
    return text + "storage: { ceph: { pools: { vms: { share: 60% } } } }\n" + extra
  }
}
