import Crush
import TestSupport

/// A cluster made up from a seed, as operators build them: racks of hosts of disks of two classes, rules with one choice, with
/// nested ones and with several takes, codes on exactly as many hosts as they have shards, upmaps that are there already.
struct RandomCluster {
  let crushText: String
  let hosts: [String]
  /// Without its CRUSH map.
  private(set) var map = OSDMap()

  init(seed: UInt64) {
    var random = SplitMix64(seed)
    let (racks, perRack, disks) = (
      Int.random(in: 2...4, using: &random), Int.random(in: 1...3, using: &random),
      Int.random(in: 3...5, using: &random)
    )
    let count = racks * perRack * disks
    let hosts = (0..<racks * perRack).map { "h\($0)" }
    var text = "tunable choose_local_tries 0\ntunable choose_local_fallback_tries 0\ntunable choose_total_tries 50\n"
    text += "tunable chooseleaf_descend_once 1\ntunable chooseleaf_vary_r 1\ntunable chooseleaf_stable 1\n"
    text += "tunable straw_calc_version 1\ntunable allowed_bucket_algs 54\n"
    for osd in 0..<count { text += "device \(osd) osd.\(osd) class \(osd % disks == 0 ? "ssd" : "hdd")\n" }
    text += "type 0 osd\ntype 1 host\ntype 3 rack\ntype 11 root\n"
    func bucket(_ type: String, _ name: String, _ items: [(String, Int)]) {
      text += "\(type) \(name) {\n\talg straw2\n\thash 0\n"
      text += items.map { "\titem \($0.0) weight \($0.1).000\n" }.joined() + "}\n"
    }
    let weights = (0..<count).map { _ in [4, 4, 4, 8].randomElement(using: &random) ?? 4 }
    let ofHost = hosts.indices.map { host in (0..<disks).reduce(0) { $0 + weights[host * disks + $1] } }
    for host in hosts.indices {
      bucket("host", hosts[host], (0..<disks).map { ("osd.\(host * disks + $0)", weights[host * disks + $0]) })
    }
    for rack in 0..<racks {
      bucket("rack", "r\(rack)", (0..<perRack).map { (hosts[rack * perRack + $0], ofHost[rack * perRack + $0]) })
    }
    bucket(
      "root", "default",
      (0..<racks).map { rack in ("r\(rack)", (0..<perRack).reduce(0) { $0 + ofHost[rack * perRack + $1] }) })
    let rules: [(kind: String, steps: [String], size: Int, data: Int)] = [
      ("replicated", ["take default", "chooseleaf firstn 0 type host", "emit"], min(3, hosts.count), 1),
      ("replicated", ["take default class hdd", "chooseleaf firstn 0 type rack", "emit"], min(3, racks), 1),
      ("replicated", ["take default", "choose firstn 2 type rack", "chooseleaf firstn 2 type host", "emit"], 2, 1),
      ("replicated", ["take default", "choose firstn 2 type rack", "choose firstn 2 type osd", "emit"], 4, 1),
      (
        "replicated",
        ["take default", "choose firstn 2 type rack", "choose firstn 1 type host", "choose firstn 1 type osd", "emit"],
        2, 1
      ),
      (
        "replicated",
        [
          "take default class ssd", "chooseleaf firstn 1 type host", "emit", "take default class hdd",
          "chooseleaf firstn -1 type host", "emit",
        ],
        min(3, hosts.count), 1
      ),
      (
        "erasure", ["set_chooseleaf_tries 5", "take default", "chooseleaf indep 0 type host", "emit"], hosts.count,
        max(1, hosts.count - 1)
      ),
      (
        "erasure", ["take default class hdd", "choose indep \(racks) type rack", "choose indep 2 type osd", "emit"],
        racks * 2, racks
      ),
    ]
    for (id, rule) in rules.enumerated() {
      text += "rule r\(id) {\n\tid \(id)\n\ttype \(rule.kind)\n\tmin_size 1\n\tmax_size 20\n"
      text += rule.steps.map { "\tstep \($0)\n" }.joined() + "}\n"
    }
    (crushText, self.hosts) = (text, hosts)
    map.osds = Array(repeating: OSDMap.OSD(exists: true, isUp: true, reweight: 0x10000), count: count)
    for (id, rule) in rules.enumerated() where Bool.random(using: &random) || id < 2 {
      map.pools[Int64(id + 1)] = OSDMap.Pool(
        id: Int64(id + 1), name: "pool\(id)", isErasure: rule.kind == "erasure", size: rule.size, minSize: rule.data,
        rule: id, groups: [16, 32, 64].randomElement(using: &random) ?? 32, dataShards: rule.data)
    }
    for pool in map.pools.values.sorted(by: { $0.id < $1.id }) {
      for seed in 0..<pool.groups where Int.random(in: 0..<8, using: &random) == 0 {
        func osd() -> Int32 { Int32.random(in: 0..<Int32(count), using: &random) }
        map.upmapItems[PGID(pool: pool.id, seed: seed)] = [.init(from: osd(), to: osd())]
      }
    }
  }

  /// What a shard of each group holds.
  func use(_ map: OSDMap, seed: UInt64) -> ClusterUse {
    var random = SplitMix64(seed ^ 0xb17e5)
    let shards = Dictionary(
      uniqueKeysWithValues: map.pools.values.sorted { $0.id < $1.id }.map { pool in
        (pool.id, (0..<pool.groups).map { _ in Double.random(in: 0.5...1.5, using: &random) * 0x1p35 })
      })
    var use = ClusterUse(of: map)
    use.shards = shards
    for osd in use.osds.indices { use.osds[osd]?.used = 0 }
    for table in map.tables(.upmapped) {
      for (shard, osd) in table.osds.enumerated() where use.osds.indices.contains(Int(osd)) {
        use.osds[Int(osd)]?.used += shards[table.pool.id]?[shard / table.pool.size] ?? 0
      }
    }
    return use
  }
}
