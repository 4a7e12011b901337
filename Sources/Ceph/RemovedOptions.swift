/// Options that a release no longer has: they stay in the monitors' database, and do nothing.
enum RemovedOptions {
  /// Since when they are gone.
  ///
  /// Source for 18.2: what `ceph config ls` of 16.2.15 names and that of 18.2.7 does not, without the options of modules.
  private static let gone: [(release: CephRelease, options: Set<String>)] = [
    (
      .reef,
      [
        "bdev_async_discard", "mds_kill_skip_replaying_inotable", "mds_max_xattr_pairs_size",
        "mon_cluster_log_file_level", "mon_cluster_log_to_syslog_level", "mon_debug_no_require_octopus",
        "mon_debug_no_require_pacific", "osd_command_thread_suicide_timeout", "osd_command_thread_timeout",
        "osd_mclock_cost_per_byte_usec", "osd_mclock_cost_per_byte_usec_hdd", "osd_mclock_cost_per_byte_usec_ssd",
        "osd_mclock_cost_per_io_usec", "osd_mclock_cost_per_io_usec_hdd", "osd_mclock_cost_per_io_usec_ssd",
        "rgw_fcgi_socket_backlog", "rgw_host", "rgw_num_rados_handles", "rgw_port", "rgw_socket_path",
      ]
    )
  ]

  /// Those that a cluster which becomes `goal` loses.
  static func of(_ goal: CephRelease) -> Set<String> {
    gone.filter { $0.release <= goal }.reduce(into: []) { $0.formUnion($1.options) }
  }
}
