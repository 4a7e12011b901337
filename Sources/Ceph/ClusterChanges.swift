import Design
import HostProtocol
import Plan

/// The monitor commands that lead from what a cluster says to what the design wants. Pure; a cluster that is not there
/// yet (`nil`) says nothing, and all commands follow.
struct ClusterChanges {
  let ceph: CephDesign
  let state: ClusterState?

  /// Sections of the configuration database; `global` is in `ceph.conf`, where daemons need it to start.
  var config: [MonChange] {
    let known = Dictionary((state?.config ?? []).map { ("\($0.section) \($0.name)", $0.value) }) { first, _ in first }
    let wanted = ceph.config.filter { $0.key != "global" }.sorted { $0.key < $1.key }
    let stale = (state?.config ?? []).filter { option in
      Self.managed.contains(option.name) && wanted.first { $0.key == option.section }?.value[option.name] == nil
    }
    let removals = stale.map { option in
      MonChange(.make("config rm", ["who": .text(option.section), "name": .text(option.name)]))
    }
    return removals
      + wanted.flatMap { section, options in
        options.sorted { $0.key < $1.key }.filter { known["\(section) \($0.key)"] != $0.value }.map { name, value in
          MonChange(.make("config set", ["who": .text(section), "name": .text(name), "value": .text(value)]))
        }
      }
  }

  /// Options that only Varde sets, and takes back where the design no longer has them; others are left alone.
  private static let managed: Set<String> = [
    "auth_allow_insecure_global_id_reclaim", "bluestore_cache_autotune", "bluestore_cache_size",
    "mon_allow_pool_size_one", "mon_data_avail_warn", "mon_warn_on_pool_no_redundancy",
    "osd_fast_shutdown_notify_mon", "osd_memory_target",
  ]

  /// Entities that are missing, or may do other things than they should.
  var keys: [MonChange] {
    Keyring.ofDaemonsAndClients(ceph).filter { state?.auth[$0.entity]?.caps != $0.caps }.map { keyring in
      MonChange(named("auth import", keyring.entity, input: keyring.text))
    }
  }

  /// Numbers for all OSDs of the design, by UUID: those given, and for the others the lowest free ones in the design's
  /// order, which is how the monitors give them.
  var osdNumbers: [String: Int] {
    var numbers: [String: Int] = [:]
    for osd in state?.osds ?? [] { numbers[osd.uuid] = osd.id }
    // Destroyed OSDs keep their numbers, and have no UUID.
    var taken = Set(state?.osds.map(\.id) ?? [])
    var next = 0
    for osd in ceph.osds where numbers[osd.disk.uuid] == nil {
      while taken.contains(next) { next += 1 }
      taken.insert(next)
      numbers[osd.disk.uuid] = next
    }
    return numbers
  }

  /// Registers the OSDs that the cluster does not know.
  var newOSDs: [MonChange] {
    let numbers = osdNumbers
    return ceph.osds.filter { state?.osd(uuid: $0.disk.uuid) == nil }.compactMap { osd in
      numbers[osd.disk.uuid].map { number in
        let key = SecretReference.placeholder(CephSecret.osdKey(uuid: osd.disk.uuid))
        return MonChange(
          .make("osd new", ["uuid": .text(osd.disk.uuid)], input: "{\"cephx_secret\": \"\(key)\"}"),
          expect: ["osdid": number])
      }
    }
  }

  var rules: [MonChange] {
    ceph.rules.filter { state?.rules[$0.name] == nil }.map { rule in
      var arguments: [String: MonCommand.Argument] = [
        "name": .text(rule.name), "root": .text(rule.root), "type": .text(rule.failureDomain),
      ]
      if let deviceClass = rule.deviceClass { arguments["class"] = .text(deviceClass.rawValue) }
      return MonChange(.make("osd crush rule create-replicated", arguments))
    }
  }

  /// Pool's name to the commands that it needs.
  var pools: [(name: String, commands: [MonChange])] { ceph.pools.map { ($0.name, changes($0)) } }

  private func changes(_ pool: PoolDesign) -> [MonChange] {
    var changes: [MonChange] = []
    let known = state?.pools.first { $0.name == pool.name }
    if known == nil {
      changes.append(
        MonChange(
          .make(
            "osd pool create",
            [
              "pool": .text(pool.name), "pg_num": .number(pool.pgs), "pgp_num": .number(pool.pgs),
              "pool_type": "replicated", "rule": .text(pool.rule), "size": .number(pool.size),
              // The design counts the placement groups; an autoscaler would move data behind the plan's back.
              "autoscale_mode": "off",
            ])))
    }
    func set(_ name: String, _ value: String, unless same: Bool) {
      if same { return }
      var arguments: [String: MonCommand.Argument] = [
        "pool": .text(pool.name), "var": .text(name), "val": .text(value),
      ]
      // A single replica is what the site file asks for; the monitors want to hear it twice.
      if name == "size", pool.size == 1 { arguments["yes_i_really_mean_it"] = true }
      changes.append(MonChange(.make("osd pool set", arguments)))
    }
    if let known {
      set("pg_autoscale_mode", "off", unless: known.autoscale == "off")
      set("size", "\(pool.size)", unless: known.size == pool.size)
    }
    set("min_size", "\(pool.minSize)", unless: known?.minSize == pool.minSize)
    if let known {
      set("pg_num", "\(pool.pgs)", unless: known.pgs == pool.pgs)
      set("crush_rule", pool.rule, unless: state?.rules[pool.rule] == known.rule)
    }
    if !(known?.applications.contains(pool.use.rawValue) ?? false) {
      changes.append(
        MonChange(.make("osd pool application enable", ["pool": .text(pool.name), "app": .text(pool.use.rawValue)])))
    }
    return changes
  }

  /// What the cluster has and the design does not name; left alone.
  var strangers: [String] {
    guard let state else { return [] }
    let osds = Set(ceph.osds.map(\.disk.uuid))
    let mons = Set(ceph.mons)
    return state.osds.filter { !osds.contains($0.uuid) }.map { "osd.\($0.id) is no OSD of the site; left alone" }
      + state.mons.keys.sorted().filter { !mons.contains($0) }.map {
        "mon.\($0) is no monitor of the design; left alone"
      }
  }

  /// `auth import` reads the entity from its input; naming it in the command too is for people and harmless.
  private func named(_ prefix: String, _ entity: String, input: String) -> MonCommand {
    .make(prefix, ["entity": .text(entity)], input: input)
  }
}
