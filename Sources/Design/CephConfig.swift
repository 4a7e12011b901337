import Site

/// Ceph's options, as far as they follow from the site.
struct CephConfig {
  /// Section (`global`, `osd`, `osd/host:a1`) to option to value.
  var sections: [String: [String: String]]

  init(public network: IPv4Prefix, replicas: Replicas, domain: FailureDomain, pools: [PoolDesign], nodes: [Node]) {
    let global = [
      "auth_cluster_required": "cephx",
      "auth_service_required": "cephx",
      "auth_client_required": "cephx",
      "ms_bind_ipv4": "true",
      "ms_bind_ipv6": "false",
      "public_network": network.description,
      "osd_pool_default_size": "\(replicas.size)",
      "osd_pool_default_min_size": "\(replicas.minSize)",
      // The rule that a new cluster is born with, and with it the pool of the managers, keeps the same failure domain.
      "osd_crush_chooseleaf_type": domain.crushTypeNumber,
      // The design sets the numbers of placement groups; the autoscaler would set others.
      "osd_pool_default_pg_autoscale_mode": "off",
    ]
    var mon = [
      // CVE-2021-20288: without it, health stays at a warning.
      "auth_allow_insecure_global_id_reclaim": "false",
      // The default of 30 % warns where a monitor shares a large file system with other things; 10 % is still gigabytes.
      "mon_data_avail_warn": "10",
    ]
    if replicas.size == 1 || pools.contains(where: { $0.size == 1 }) {
      // One copy was asked for, or there is one disk only; the report says what that means.
      mon["mon_allow_pool_size_one"] = "true"
      mon["mon_warn_on_pool_no_redundancy"] = "false"
    }
    sections = [
      "global": global,
      "mon": mon,
      // An OSD that is stopped says so, and clients need not wait for its heartbeats to be missed.
      "osd": ["osd_fast_shutdown_notify_mon": "true"],
    ]
    for node in nodes {
      if let memory = OSDMemory(node) { sections["osd/host:\(node.name)"] = memory.options }
    }
  }
}

extension FailureDomain {
  /// The number of the bucket type in Ceph's default CRUSH map.
  fileprivate var crushTypeNumber: String {
    switch crushType {
    case "rack": "3"
    case "host": "1"
    default: "0"
    }
  }
}

/// How much memory each OSD of a host may take.
struct OSDMemory {
  let target: UInt64

  /// `nil` where the host has no OSDs or its memory is not in the site file: Ceph's own default holds.
  init?(_ node: Node) {
    guard let memory = node.memory, !node.disks.isEmpty else { return nil }
    let part = node.roles.contains(.compute) ? 0.25 : node.roles.contains(.control) ? 0.5 : 0.7
    let share = UInt64(Double(memory.count) * part / Double(node.disks.count))
    target = max(Self.floor, share)
  }

  var options: [String: String] {
    var options = ["osd_memory_target": "\(target)"]
    if target < Self.tunable {
      options["bluestore_cache_autotune"] = "false"
      options["bluestore_cache_size"] = "\(64 << 20)"
    }
    return options
  }

  /// The least that Ceph takes for `osd_memory_target`: 896 MiB.
  static let floor: UInt64 = 939_524_096
  /// Below 2 GiB Ceph's cache tuning cannot keep the target (Ceph: BlueStore, automatic cache sizing); a small fixed
  /// cache does.
  static let tunable: UInt64 = 2 << 30
}
