import Crush
import Foundation
import Guarantees

/// The tree of a CRUSH map as people know it: without the shadows of device classes.
struct ClusterTree {
  private let map: OSDMap
  private let shadows: Set<Int>
  /// OSD to the buckets that it is in, type to name; of several trees the first.
  let locations: [Int: [String: String]]

  init(_ map: OSDMap) {
    self.map = map
    shadows = map.crush.shadowed
    var locations: [Int: [String: String]] = [:]
    func descend(_ id: Int, _ above: [String: String]) {
      guard let bucket = map.crush.buckets[id] else {
        if id >= 0, locations[id] == nil { locations[id] = above }
        return
      }
      var place = above
      place[map.crush.types[bucket.type] ?? "\(bucket.type)"] = map.crush.names[id] ?? "\(id)"
      for item in bucket.items { descend(item, place) }
    }
    for root in map.crush.roots { descend(root, [:]) }
    self.locations = locations
  }

  /// Types of buckets, from those of hosts to those of roots.
  var types: [String] { map.crush.types.filter { $0.key > 0 }.sorted { $0.key < $1.key }.map(\.value) }

  /// All of them, with what is below them: an OSD may lie in several of a type, where there are several trees.
  var buckets: [PlacedCluster.Bucket] {
    shown.map { bucket in
      PlacedCluster.Bucket(
        type: type(bucket), name: name(bucket), osds: Set(map.crush.devices(below: bucket.id)), hosts: hosts(in: bucket)
      )
    }
  }

  var hosts: Set<String> { Set(shown.filter { type($0) == "host" }.map(name)) }

  /// What a rule spreads copies over; `nil` where it is no plain rule: several takes, or none.
  func rule(_ rule: CrushRule) -> PlacedCluster.Rule? {
    let takes = rule.steps.compactMap { step in if case .take(let item) = step { item } else { nil } }
    let types = rule.steps.compactMap { step -> Int? in
      switch step {
      case .choose(_, let type, _, _), .chooseMSR(_, let type): type
      default: nil
      }
    }
    guard takes.count == 1, let taken = map.crush.names[takes[0]], let type = types.first else { return nil }
    let parts = taken.split(separator: "~", maxSplits: 1).map(String.init)
    return PlacedCluster.Rule(
      name: rule.name, failureDomain: map.crush.types[type] ?? "osd", root: parts.first ?? taken,
      deviceClass: parts.count > 1 ? parts[1] : nil)
  }

  /// Whether `ceph osd tree` is of the same cluster; between two dumps some buckets may have come or gone.
  ///
  /// - Throws: `CrushMapError`
  func check(_ osdTree: Data) throws(CrushMapError) {
    let tree = try OSDTreeDump.decode(osdTree, "ceph osd tree")
    let buckets = tree.nodes.filter { $0.id < 0 }
    let strange = buckets.count { map.crush.names[$0.id] != $0.name }
    let (osds, known) = (map.osds.indices.filter { map.osds[$0].exists }, Set(tree.nodes.map(\.id)))
    let missing = osds.count { !known.contains($0) }
    guard strange * 2 <= buckets.count, missing * 2 <= osds.count else {
      throw CrushMapError(
        "\(strange) of the \(buckets.count) buckets of 'ceph osd tree' are not in the CRUSH map, and \(missing) of "
          + "\(osds.count) OSDs not in the tree: they are of several clusters")
    }
  }

  private var shown: [CrushBucket] {
    map.crush.buckets.values.filter { !shadows.contains($0.id) }.sorted { $0.id > $1.id }
  }

  private func type(_ bucket: CrushBucket) -> String { map.crush.types[bucket.type] ?? "\(bucket.type)" }

  private func name(_ bucket: CrushBucket) -> String { map.crush.names[bucket.id] ?? "\(bucket.id)" }

  /// Names of the hosts below a bucket, its own included.
  private func hosts(in bucket: CrushBucket) -> Set<String> {
    let below = bucket.items.compactMap { map.crush.buckets[$0] }.map(hosts)
    return below.reduce(type(bucket) == "host" ? [name(bucket)] : []) { $0.union($1) }
  }
}

/// `ceph osd tree`.
private struct OSDTreeDump: CephDump {
  struct Node: Decodable {
    var id: Int
    var name: String
  }

  var nodes: [Node]
}
