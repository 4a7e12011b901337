/// The smallest site that survives the loss of a rack and has more than one host in one: three racks of one host, two more
/// in one of them.
enum SlimSite {
  static var yaml: String {
    var text = "site: test-slim\n"
    text += "network: { spines: { s1: { address: 198.18.0.201 }, s2: { address: 198.18.0.202 } } }\nracks:\n"
    for (number, rack) in ["a", "b", "c"].enumerated() {
      let leaves = (1...2).map { "\(rack)-l\($0): { address: 198.18.0.\(110 + 10 * number + $0) }" }
      text += "  \(rack): { leaves: { \(leaves.joined(separator: ", ")) } }\n"
    }
    text += "hosts:\n"
    for (host, last) in [("a1", 11), ("a2", 12), ("a3", 13), ("b1", 21), ("c1", 31)] {
      text += "  \(host): { rack: \(host.prefix(1)), address: 198.18.0.\(last), cores: 4, memory: 4GiB, "
      text += "disks: [{ path: /dev/vdb, size: 10GiB }] }\n"
    }
    return text + "storage: { ceph: { pools: { vms: { share: 80% } } } }\n"
      + "survive: { storage: rack, network: switch, control: rack }\n"
  }
}
