import Design

@testable import Ceph

extension ClusterState {
  static let pacific = "ceph version 16.2.15 (618f440892089921c3e944a991122ddc44e60516) pacific (stable)"
  static let reef = "ceph version 18.2.7 (6b0e988052ec84cf2d4a54ff9bbbc5e720b621ad) reef (stable)"

  /// A cluster that has all that a design wants; `nil` where it wants none.
  static func whole(_ design: Design) -> ClusterState? {
    guard let ceph = design.ceph else { return nil }
    let keyrings = ceph.mgrs.map(Keyring.mgr) + ceph.pools.map { Keyring.rbd(pool: $0.name) }
    let rules = Dictionary(
      uniqueKeysWithValues: ceph.rules.enumerated().map {
        ($1.name, RuleState(id: $0 + 1, failureDomain: $1.failureDomain))
      })
    return ClusterState(
      mons: Dictionary(
        uniqueKeysWithValues: ceph.mons.compactMap { design.node($0) }.map { ($0.name, CephConf.addresses($0)) }),
      mgrs: ceph.mgrs.enumerated().map { MgrState(name: $1, gid: 4100 + UInt64($0)) },
      osds: ceph.osds.enumerated().map {
        OSDState(id: $0, uuid: $1.disk.uuid, up: true, in: true, upFrom: 1, address: nil)
      },
      tree: .whole(ceph),
      pools: ceph.pools.map {
        PoolState(
          name: $0.name, size: $0.size, minSize: $0.minSize, pgs: $0.pgs, rule: rules[$0.rule]?.id ?? 0,
          applications: ["rbd"], autoscale: "off", stored: 1 << 28)
      }, rules: rules,
      config: ceph.config.flatMap { section, options in
        options.map { ConfigOption(section: section, name: $0.key, value: $0.value) }
      },
      required: CephRelease("pacific"),
      versions: [
        "mon": [pacific: ceph.mons.count], "mgr": [pacific: ceph.mgrs.count], "osd": [pacific: ceph.osds.count],
      ],
      modules: ["iostat", "restful"],
      auth: Dictionary(uniqueKeysWithValues: keyrings.map { ($0.entity, AuthEntry(key: "k", caps: $0.caps)) }))
  }
}

extension CrushTree {
  static func whole(_ ceph: CephDesign) -> CrushTree {
    var nodes: [Node] = []
    var children: [Int: [Int]] = [:]
    var numbers: [String: Int] = [:]
    func bucket(_ bucket: CrushBucket) -> Int {
      if let known = numbers[bucket.name] { return known }
      let id = -1 - numbers.count
      numbers[bucket.name] = id
      nodes.append(Node(id: id, name: bucket.name, type: bucket.type))
      return id
    }
    for (id, osd) in ceph.osds.enumerated() {
      let path = osd.location.map(bucket)
      for (parent, child) in zip(path, path.dropFirst() + [id]) where children[parent]?.contains(child) != true {
        children[parent, default: []].append(child)
      }
      let tebibytes = Double(osd.disk.size?.count ?? 0) / Double(UInt64(1) << 40)
      nodes.append(
        Node(id: id, name: "osd.\(id)", type: "osd", deviceClass: osd.disk.deviceClass?.rawValue, weight: tebibytes))
    }
    return CrushTree(nodes, children: children)
  }
}
