import Site

/// Kernel parameters and modules of a node.
struct Tuning {
  var sysctls: [String: String] = [:]
  var modules: [String] = []

  /// What it follows from.
  struct Reason: Hashable {
    var kind: Device.Kind
    var inFabric: Bool
    var roles: Set<Role>
  }

  init(_ reason: Reason) {
    let (kind, inFabric, roles) = (reason.kind, reason.inFabric, reason.roles)
    if inFabric { add(Self.fabric) }
    // Switches forward for all, and hypervisors for their guests. Not without a fabric: a host that forwards no longer
    // learns its default route from router advertisements, which may be all that a public cloud gives it.
    if kind != .host || inFabric && roles.contains(.compute) { add(Self.forwarding) }
    if roles.contains(.storage) { add(Self.storage) }
    if roles.contains(.compute) {
      add(Self.compute)
      // tap devices of guests, and their packet path without a copy through QEMU.
      modules += ["tun", "vhost_net"]
    }
  }

  private mutating func add(_ parameters: [String: String]) {
    sysctls.merge(parameters) { _, new in new }
  }

  private static let fabric = [
    // Packets of one connection keep to one of the equal paths, connections spread over all: a hash of addresses and
    // ports, not of addresses only (kernel: ip-sysctl).
    "net.ipv4.fib_multipath_hash_policy": "1",
    "net.ipv6.fib_multipath_hash_policy": "1",
    // An answer may come in by another link than the question went out by; reverse path filtering would drop it.
    "net.ipv4.conf.all.rp_filter": "0",
    "net.ipv4.conf.default.rp_filter": "0",
  ]

  private static let forwarding = [
    "net.ipv4.ip_forward": "1",
    "net.ipv6.conf.all.forwarding": "1",
  ]

  private static let storage = [
    // An OSD that is swapped out misses its heartbeats.
    "vm.swappiness": "10",
    // BlueStore queues asynchronous I/O for each device; the default of 65536 is for all of them together.
    "fs.aio-max-nr": "1048576",
    // Recovery of a dense host runs many threads (Ceph: hardware and OS recommendations).
    "kernel.pid_max": "4194304",
    // Room for a window of 16 MiB: 10 Gbit/s at 13 ms. The kernel tunes each connection within it; `net.core.*mem_max`
    // would only bind programs that set their buffers by hand.
    "net.ipv4.tcp_rmem": "4096 131072 16777216",
    "net.ipv4.tcp_wmem": "4096 65536 16777216",
  ]

  private static let compute = [
    // Kubelet, systemd and libvirt watch files for each guest; the default of 128 instances is used up by few of them.
    "fs.inotify.max_user_instances": "8192",
    "fs.inotify.max_user_watches": "524288",
  ]
}
