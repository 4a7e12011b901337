/// The smallest site that survives the loss of a rack and has more than one host in one: three racks of one host, two more
/// in one of them, which has two leaves. The network is asked to survive nothing: few routers leave the machine to the rest.
enum SlimSite {
  static let yaml = """
    site: test-slim
    network: { spines: { s1: { address: 198.18.0.201 } } }
    racks:
      a: { leaves: { a-l1: { address: 198.18.0.111 }, a-l2: { address: 198.18.0.112 } } }
      b: { leaves: { b-l1: { address: 198.18.0.121 } } }
      c: { leaves: { c-l1: { address: 198.18.0.131 } } }
    hosts:
      a1: { rack: a, address: 198.18.0.11, cores: 4, memory: 4GiB, disks: [{ path: /dev/vdb, size: 10GiB }] }
      a2: { rack: a, address: 198.18.0.12, cores: 4, memory: 4GiB, disks: [{ path: /dev/vdb, size: 10GiB }] }
      a3: { rack: a, address: 198.18.0.13, cores: 4, memory: 4GiB, disks: [{ path: /dev/vdb, size: 10GiB }] }
      b1: { rack: b, address: 198.18.0.21, cores: 4, memory: 4GiB, disks: [{ path: /dev/vdb, size: 10GiB }] }
      c1: { rack: c, address: 198.18.0.31, cores: 4, memory: 4GiB, disks: [{ path: /dev/vdb, size: 10GiB }] }
    storage: { ceph: { pools: { vms: { share: 80% } } } }
    survive: { storage: rack, network: none, control: rack }
    """
}
