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
    let shadows = Set(map.crush.shadows.values.flatMap(\.values))
    self.shadows = shadows
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
    let inside = Set(map.crush.buckets.values.flatMap(\.items))
    for root in map.crush.buckets.keys.sorted(by: >) where !inside.contains(root) && !shadows.contains(root) {
      descend(root, [:])
    }
    self.locations = locations
  }

  /// Types of buckets, from those of hosts to those of roots.
  var types: [String] { map.crush.types.filter { $0.key > 0 }.sorted { $0.key < $1.key }.map(\.value) }

  /// All of them, with what is below them: an OSD may lie in several of a type, where there are several trees.
  var buckets: [PlacedCluster.Bucket] {
    shown.map { bucket in
      let below = self.below(bucket)
      return PlacedCluster.Bucket(type: type(bucket), name: name(bucket), osds: below.osds, hosts: below.hosts)
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

  private func below(_ bucket: CrushBucket) -> (osds: Set<Int>, hosts: Set<String>) {
    var found: (osds: Set<Int>, hosts: Set<String>) = ([], type(bucket) == "host" ? [name(bucket)] : [])
    for item in bucket.items {
      guard let inner = map.crush.buckets[item] else {
        if item >= 0 { found.osds.insert(item) }
        continue
      }
      let more = below(inner)
      found.osds.formUnion(more.osds)
      found.hosts.formUnion(more.hosts)
    }
    return found
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
