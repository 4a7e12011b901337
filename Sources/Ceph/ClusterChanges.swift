import Design
import HostProtocol
import Plan

/// The monitor commands that lead from what a cluster says to what the design wants. Pure; a cluster that is not there
/// yet (`nil`) says nothing, and all commands follow.
struct ClusterChanges: Sendable {
  let ceph: CephDesign
  let state: ClusterState?
  /// Numbers for all OSDs of the design, by UUID: those given, then of destroyed OSDs of the same host, and for the
  /// others the lowest free ones in the design's order, which is how the monitors give them.
  let osdNumbers: [String: Int]

  init(ceph: CephDesign, state: ClusterState?) {
    self.ceph = ceph
    self.state = state
    osdNumbers = Self.numbers(of: ceph.osds, state)
  }

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

  private static func numbers(of osds: [OSDDesign], _ state: ClusterState?) -> [String: Int] {
    var numbers = Dictionary((state?.osds ?? []).filter { !$0.isDestroyed }.map { ($0.uuid, $0.id) }) { first, _ in
      first
    }
    var taken = Set(state?.osds.map(\.id) ?? [])
    var destroyed = Dictionary(grouping: (state?.osds ?? []).filter(\.isDestroyed).map(\.id).sorted(by: >)) {
      state?.tree.host(of: $0) ?? ""
    }
    var next = 0
    for osd in osds where numbers[osd.disk.uuid] == nil {
      if let number = destroyed[osd.host]?.popLast() {
        numbers[osd.disk.uuid] = number
        continue
      }
      while taken.contains(next) { next += 1 }
      taken.insert(next)
      numbers[osd.disk.uuid] = next
    }
    return numbers
  }

  /// OSDs that the cluster does not know.
  var missingOSDs: [OSDDesign] {
    let known = Set(state?.osds.map(\.uuid) ?? [])
    return ceph.osds.filter { !known.contains($0.disk.uuid) }
  }

  /// Registers the OSDs that the cluster does not know.
  var newOSDs: [MonChange] {
    missingOSDs.compactMap { osd in osdNumbers[osd.disk.uuid].map { registration(osd, $0) } }
  }

  /// Gives the number of an OSD whose disk is another one now to the new disk. What was on the old one is gone: the
  /// cluster must know, or it would believe an empty disk to hold what the lost one did.
  func replacement(_ osd: OSDDesign, _ number: Int) -> [MonChange] {
    [
      // What `ceph osd destroy` has the monitors do, when the managers have agreed: they would wait for copies that may
      // have no other place.
      MonChange(.make("osd destroy-actual", ["id": .number(number), "yes_i_really_mean_it": true])),
      registration(osd, number),
    ]
  }

  private func registration(_ osd: OSDDesign, _ number: Int) -> MonChange {
    let key = SecretReference.placeholder(CephSecret.osdKey(uuid: osd.disk.uuid))
    var arguments: [String: MonCommand.Argument] = ["uuid": .text(osd.disk.uuid)]
    // A number is only asked for where a destroyed OSD has kept it; else the monitors give the lowest free one.
    if state?.osds.contains(where: { $0.id == number }) ?? false { arguments["id"] = .number(number) }
    return MonChange(
      .make("osd new", arguments, input: "{\"cephx_secret\": \"\(key)\"}"), expect: ["osdid": number])
  }

  /// Hosts that are in another bucket than the design has them in, and the buckets that they should be in, from the root on.
  var movedHosts: [(host: String, above: ArraySlice<CrushBucket>)] {
    var seen: Set<String> = []
    return ceph.osds.filter { seen.insert($0.host).inserted }.compactMap { osd in
      let above = osd.location.dropLast()
      guard let parent = above.last, let now = state?.tree.parent(of: osd.host), now.name != parent.name else {
        return nil
      }
      return (osd.host, above)
    }
  }

  /// Puts hosts where the design has them; OSDs that are yet to start put theirs there themselves.
  var tree: [MonChange] {
    guard let tree = state?.tree else { return [] }
    var made: Set<String> = []
    return movedHosts.flatMap { host, above -> [MonChange] in
      guard let parent = above.last else { return [] }
      var changes: [MonChange] = []
      if tree.node(parent.name) == nil, made.insert(parent.name).inserted {
        changes.append(
          MonChange(
            .make(
              "osd crush add-bucket",
              ["name": .text(parent.name), "type": .text(parent.type), "args": .list(above.dropLast().map(\.argument))])
          ))
      }
      let place = MonCommand.Argument.list(above.map(\.argument))
      return changes + [MonChange(.make("osd crush move", ["name": .text(host), "args": place]))]
    }
  }

  /// Device classes that the site file names and the cluster has otherwise.
  var classes: [MonChange] {
    ceph.osds.flatMap { osd -> [MonChange] in
      guard let wanted = osd.disk.deviceClass?.rawValue, let id = state?.osd(uuid: osd.disk.uuid)?.id,
        let now = state?.tree.osd(id)?.deviceClass, now != wanted
      else { return [] }
      let ids = MonCommand.Argument.list(["\(id)"])
      return [
        MonChange(.make("osd crush rm-device-class", ["ids": ids])),
        MonChange(.make("osd crush set-device-class", ["class": .text(wanted), "ids": ids])),
      ]
    }
  }

  /// Rules that the cluster does not have.
  var missingRules: [CrushRule] { ceph.rules.filter { state?.rules[$0.name] == nil } }

  var rules: [MonChange] {
    missingRules.map { rule in
      var arguments: [String: MonCommand.Argument] = [
        "name": .text(rule.name), "root": .text(rule.root), "type": .text(rule.failureDomain),
      ]
      if let deviceClass = rule.deviceClass { arguments["class"] = .text(deviceClass.rawValue) }
      return MonChange(.make("osd crush rule create-replicated", arguments))
    }
  }

  /// What a pool needs.
  struct PoolChange {
    var name: String
    /// Whether the cluster does not have it yet.
    var isNew: Bool
    /// That it is there, where its copies lie, and how many they are.
    var placement: [MonChange]
    /// How many placement groups a pool has that is there.
    var groups: [MonChange] = []
  }

  var pools: [PoolChange] { ceph.pools.map(change) + managersPool }

  /// The pool that the managers make for themselves: born as small as the cluster was, it grows with it.
  private var managersPool: [PoolChange] {
    guard let rule = ceph.rules.first else { return [] }
    return (state?.pools ?? []).filter(\.isManagers).map { known in
      let domain = state?.rules.values.first { $0.id == known.rule }?.failureDomain
      var changes: [MonChange] = []
      if domain != rule.failureDomain { changes.append(set("crush_rule", rule.name, of: known.name)) }
      let resizes = known.size != ceph.standard.size
      if resizes { changes.append(set("size", "\(ceph.standard.size)", of: known.name)) }
      if resizes || known.minSize != ceph.standard.minSize {
        changes.append(set("min_size", "\(ceph.standard.minSize)", of: known.name))
      }
      return PoolChange(name: known.name, isNew: false, placement: changes)
    }
  }

  private func set(_ variable: String, _ value: String, of pool: String) -> MonChange {
    var arguments: [String: MonCommand.Argument] = [
      "pool": .text(pool), "var": .text(variable), "val": .text(value),
    ]
    // A single replica is what the site file asks for; the monitors want to hear it twice.
    if variable == "size", value == "1" { arguments["yes_i_really_mean_it"] = true }
    return MonChange(.make("osd pool set", arguments))
  }

  private func change(_ pool: PoolDesign) -> PoolChange {
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
    func set(_ variable: String, _ value: String, unless same: Bool) {
      if !same { changes.append(self.set(variable, value, of: pool.name)) }
    }
    if let known {
      set("pg_autoscale_mode", "off", unless: known.autoscale == "off")
      // Where replicas may lie before how many there are: so that none is made where it does not stay.
      set("crush_rule", pool.rule, unless: state?.rules[pool.rule]?.id == known.rule)
      set("size", "\(pool.size)", unless: known.size == pool.size)
    }
    // With a pool's size the monitors set its min_size, too, to what is their default.
    set("min_size", "\(pool.minSize)", unless: known?.minSize == pool.minSize && known?.size == pool.size)
    if !(known?.applications.contains(pool.use.rawValue) ?? false) {
      changes.append(
        MonChange(.make("osd pool application enable", ["pool": .text(pool.name), "app": .text(pool.use.rawValue)])))
    }
    let resizes = known.map { $0.pgs != pool.pgs } ?? false
    return PoolChange(
      name: pool.name, isNew: known == nil, placement: changes,
      groups: resizes ? [self.set("pg_num", "\(pool.pgs)", of: pool.name)] : [])
  }

  /// `auth import` reads the entity from its input; naming it in the command too is for people and harmless.
  private func named(_ prefix: String, _ entity: String, input: String) -> MonCommand {
    .make(prefix, ["entity": .text(entity)], input: input)
  }
}

extension CrushBucket {
  /// As a location's part in commands: `rack=a`.
  var argument: String { "\(type)=\(name)" }
}
