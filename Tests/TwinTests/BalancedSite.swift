/// Racks of uneven disks.
enum BalancedSite {
  static func yaml(racks: [String]) -> String {
    var text = "site: test-balance\nnetwork: { spines: { s1: { address: 198.18.0.201 } } }\nracks:\n"
    for (number, rack) in racks.enumerated() {
      text += "  \(rack): { leaves: { \(rack)-l1: { address: 198.18.0.\(111 + 10 * number) } } }\n"
    }
    text += "hosts:\n"
    for (number, rack) in racks.enumerated() {
      for (host, sizes) in [(1, [6, 12]), (2, [9])] {
        let disks = zip(["vdb", "vdc"], sizes).map { "{ path: /dev/\($0), size: \($1)GiB }" }
        text += "  \(rack)\(host): { rack: \(rack), address: 198.18.0.\(11 + 10 * number + host), memory: 4GiB, "
        text += "disks: [\(disks.joined(separator: ", "))] }\n"
      }
    }
    return text + "storage: { ceph: { pools: { vms: { replicas: 2, share: 10% } } } }\n"
  }
}
