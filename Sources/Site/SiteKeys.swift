/// Every key of the site file.
enum SiteKeys {
  static let site = Section<Site>(
    "file",
    keys: [
      .scalar(
        "site", .siteName, required: true, example: "osl2",
        "Names the site, its twin and its history: at most 32 letters, digits and hyphens, starting with a letter."
      ) { $0.name = $1 },
      Key(
        name: "extends", type: "path", unit: "", fallback: "none", example: "../profiles/standard.yaml",
        text: "A file, seen from this one, that says what this one leaves out. See [fleets](fleets.md).",
        isRequired: false
      ) { _, _, _ in },
      .section(
        "network", network, default: "no fabric of its own", example: "{ mtu: 9000 }",
        "The management network, and the layer-3 fabric that joins the racks."
      ) { $1(&$0.network) },
      .named(
        "racks", rack, example: "{ a: { leaves: { a-l1: { address: 198.18.0.111 } } } }",
        "Hosts that share power and leaves. A site with racks has a fabric: services bind to the loopback addresses "
          + "that BGP carries.",
        make: { Rack(name: $0, leaves: []) }, set: { $0.racks = $1 }),
      .named(
        "hosts", host, required: true, example: "{ vm1: { address: 198.18.0.11 } }",
        "The servers. Names are host names: lower case letters, digits and hyphens.",
        make: { Host(name: $0, address: IPv4Address(bits: 0)) }, set: { $0.hosts = $1 }),
      .section(
        "storage", storage, default: "a cluster without pools where hosts have disks", example: "{ ceph: … }",
        "The storage that the site offers."
      ) { $1(&$0.storage) },
      .section(
        "survive", survive, default: "the most that the hosts allow", example: "{ storage: host, control: host }",
        "What the site must survive. It chooses quorums, CRUSH failure domains and the order of rollouts."
      ) { $1(&$0.survive) },
    ])

  static let network = Section<Network>(
    "network",
    keys: [
      .scalar(
        "management", .ipv4Prefix, default: "the smallest prefix that holds all addresses, /24 or wider",
        example: "198.18.0.0/24", "The network that the addresses of hosts and switches lie in. It carries SSH only."
      ) { $0.management = $1 },
      .section(
        "loopbacks", loopbacks, default: "see below", example: "{ ipv4: 198.18.64.0/18 }",
        "Where loopback addresses are taken from."
      ) { $1(&$0.loopbacks) },
      .scalar(
        "asns", .asns, default: "4200000000-4200009999", example: "4200000000-4200009999",
        "Private AS numbers (RFC 6996), one for each device of the fabric."
      ) { $0.asns = $1 },
      .scalar(
        "mtu", .integer(1280...65535, unit: "bytes"), default: "9000", example: "9000", "MTU of the fabric links."
      ) { $0.mtu = $1 },
      .named(
        "spines", switchKeys, example: "{ s1: { address: 198.18.0.201 } }", "The switches that join the racks.",
        make: { Switch(name: $0, address: IPv4Address(bits: 0)) }, set: { $0.spines = $1 }),
    ])

  static let loopbacks = Section<Loopbacks>(
    "loopbacks",
    keys: [
      .scalar(
        "ipv4", .ipv4Prefix, default: "198.18.64.0/18", example: "198.18.64.0/18",
        "A /32 of it for each device: its base plus the low bits of the device's management address."
      ) { $0.ipv4 = $1 },
      .scalar(
        "ipv6", .ipv6Prefix, default: "a unique local /48 made of the site's name", example: "fd00:6f73:6c32::/48",
        "A /128 of it for each device, which reads like the end of its IPv4 loopback. /64 or shorter."
      ) { $0.ipv6 = $1 },
    ])

  static let switchKeys = Section<Switch>(
    "switch", plural: "switches",
    keys: [
      .scalar(
        "address", .ipv4, required: true, example: "198.18.0.111", "Management address; it carries SSH only."
      ) { $0.address = $1 }
    ] + overrides { $1(&$0.overrides) })

  static let rack = Section<Rack>(
    "rack", plural: "racks",
    keys: [
      .named(
        "leaves", switchKeys, required: true, example: "{ a-l1: { address: 198.18.0.111 } }",
        "The switches that the rack's hosts hang on; two of them to survive the loss of one.",
        make: { Switch(name: $0, address: IPv4Address(bits: 0)) }, set: { $0.leaves = $1 })
    ])

  static let host = Section<Host>(
    "host", plural: "hosts",
    keys: [
      .scalar(
        "address", .ipv4, required: true, example: "198.18.0.11",
        "Management address. In a site with racks it carries SSH only, in one without it carries everything."
      ) { $0.address = $1 },
      .scalar("rack", .reference, default: "none", example: "a", "The rack that the host is in.") { $0.rack = $1 },
      .list(
        "roles", of: .word("a role", Role.allCases), default: "[control, storage, compute]",
        example: "[storage, compute]",
        "What the host is for: `control` runs monitors and other control services, `storage` gives its disks to Ceph, "
          + "`compute` runs virtual machines."
      ) { $0.roles = Set($1) },
      Key(
        name: "disks", type: "list of paths or disks", unit: "", fallback: "none", example: "[/dev/vdb, /dev/vdc]",
        text: "The disks that belong to Ceph, whole. A disk that carries anything else is refused.", isRequired: false,
        decode: disks),
      .scalar("cores", .integer(1...4096), default: "unknown", example: "32", "CPU cores.") { $0.cores = $1 },
      .scalar(
        "memory", .bytes, default: "unknown", example: "256GiB", "Memory. Sets how much of it each OSD may take."
      ) { $0.memory = $1 },
    ] + overrides { $1(&$0.overrides) })

  static let disk = Section<Disk>(
    "disk", plural: "disks",
    keys: [
      .scalar(
        "path", .diskPath, required: true, example: "/dev/disk/by-id/nvme-0001",
        "A block device, or a file, which then needs a size."
      ) { $0.path = $1 },
      .scalar(
        "class", .word("a device class", DeviceClass.allCases), default: "what Ceph detects", example: "nvme",
        "Ceph's device class."
      ) { $0.deviceClass = $1 },
      .scalar(
        "size", .bytes, default: "unknown", example: "4TB",
        "For capacity figures; for a file also the size to make it."
      ) { $0.size = $1 },
    ])

  static let storage = Section<Storage>(
    "storage",
    keys: [
      .section("ceph", ceph, default: "no pools", example: "{ pools: { vms: { share: 60% } } }", "A Ceph cluster.") {
        var storage = $0.ceph ?? CephStorage()
        $1(&storage)
        $0.ceph = storage
      }
    ])

  static let ceph = Section<CephStorage>(
    "ceph",
    keys: [
      .named(
        "pools", pool, example: "{ vms: { use: rbd, replicas: 3, share: 60% } }", "Replicated pools.",
        make: { Pool(name: $0) }, set: { $0.pools = $1 })
    ])

  static let pool = Section<Pool>(
    "pool", plural: "pools",
    keys: [
      .scalar(
        "use", .word("a use of a pool", PoolUse.allCases), default: "rbd", example: "rbd",
        "The application that Ceph is told the pool is for."
      ) { $0.use = $1 },
      .scalar(
        "replicas", .integer(1...10), default: "3, or as many as there are failure domains", example: "3",
        "Copies of everything."
      ) { $0.replicas = $1 },
      .scalar(
        "share", .percent, default: "an equal part of what the others leave", example: "60%",
        "Expected share of the cluster's data; it sets the number of placement groups."
      ) { $0.share = $1 },
      .scalar(
        "class", .word("a device class", DeviceClass.allCases), default: "any", example: "nvme",
        "Restricts the pool to disks of this class."
      ) { $0.deviceClass = $1 },
    ])

  static let survive = Section<Survive>(
    "survive",
    keys: [
      .scalar(
        "storage", .word("something that storage can survive", [.none, .disk, .host, .rack]),
        default: "rack with three racks of disks, else host with three hosts, else disk", example: "rack",
        "Data stays available with any one of these lost."
      ) { $0.storage = $1 },
      .scalar(
        "network", .word("something that the network can survive", [.none, .switch]),
        default: "switch where every rack has two leaves, and there are two spines or one rack", example: "switch",
        "Hosts reach each other with any one of these lost."
      ) { $0.network = $1 },
      .scalar(
        "control", .word("something that control can survive", [.none, .host, .rack]),
        default: "rack with three racks of control hosts, else host with three hosts", example: "rack",
        "The monitors keep a quorum with any one of these lost."
      ) { $0.control = $1 },
    ])
}
