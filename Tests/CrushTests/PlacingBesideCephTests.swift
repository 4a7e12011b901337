import Foundation
import TestSupport
import Testing

@testable import Crush

/// What is said of placement groups, beside Ceph's own osdmaptool (Debian: ceph-base): it takes none of it back. On clusters
/// made up from seeds that are drawn at each run; `VARDE_CLUSTER_SEED=N` is a former one once more.
@Suite struct PlacingBesideCephTests {
  /// `$VARDE_CLUSTERS`; a short run otherwise.
  private static let count = ProcessInfo.processInfo.environment["VARDE_CLUSTERS"].flatMap { UInt64($0) } ?? 20
  private static let fixed = ProcessInfo.processInfo.environment["VARDE_CLUSTER_SEED"].flatMap { UInt64($0) }

  @Test func nothingThatIsSaidIsTakenBack() throws {
    let tool = try CephTools()
    defer { tool.clean() }
    let first = Self.fixed ?? UInt64.random(in: 0..<1 << 48)
    print("clusters from seed \(first) on")
    var said = 0
    for seed in first..<first + (Self.fixed == nil ? Self.count : 1) {
      let cluster = RandomCluster(seed: seed)
      let crush = try tool.compile(cluster.crushText)
      // As a cluster stands: the monitors have taken back what they do not want.
      let map = try OSDMap(binary: tool.renew(EncodedOSDMap.data(cluster.map, crush))).withoutRefusedUpmaps()
      let use = cluster.use(map, seed: seed)
      said += try isKept(Balancing(Balancer(map, use), .room).rounds, map, crush, tool, "room, seed \(seed)")
      said += try isKept(Balancing(Balancer(map, use), .use).rounds, map, crush, tool, "use, seed \(seed)")
      let drained = Set(try map.crush.osds(below: cluster.hosts[0]).prefix(2).map(Int32.init))
      let scope = BalanceScope(drained: drained)
      said += try isKept(Draining(Balancer(map, use, scope: scope)).rounds, map, crush, tool, "drain, seed \(seed)")
      said += try holds(cluster, map, tool, seed)
      try foretells(cluster, map, tool, seed)
    }
    print("\(said) commands, and osdmaptool takes none back")
  }

  /// - Returns: how many commands
  private func isKept(
    _ rounds: [[Balancer.Change]], _ map: OSDMap, _ crush: Data, _ tool: CephTools, _ what: String
  ) throws -> Int {
    var after = map
    for change in rounds.joined() { after.upmapItems[change.group] = change.items.isEmpty ? nil : change.items }
    _ = try tool.renew(EncodedOSDMap.data(after, crush))
    #expect(try tool.upmapCleanup() == [], "\(what)")
    return rounds.reduce(0) { $0 + $1.count }
  }

  /// A host that is moved in the tree: what is held stays, and is kept.
  private func holds(_ cluster: RandomCluster, _ map: OSDMap, _ tool: CephTools, _ seed: UInt64) throws -> Int {
    let serving = Dictionary(uniqueKeysWithValues: map.tables(.upmapped).map { ($0.pool.id, $0) })
    let last = cluster.hosts[cluster.hosts.count - 1]
    let changed = try map.after([
      .move(last, to: [.init(type: "root", name: "default"), .init(type: "rack", name: "r0")])
    ])
    let hold = Hold(changed.map, serving: serving)
    let (binary, crush) = try tool.moving(last, to: "r0", EncodedOSDMap.data(map, tool.compile(cluster.crushText)))
    let moved = try OSDMap(binary: binary).withoutRefusedUpmaps()
    #expect(
      moved.tables(.raw).map(\.osds) == changed.map.tables(.raw).map(\.osds), "seed \(seed): as crushtool moves it")
    var after = moved
    for change in hold.changes { after.upmapItems[change.group] = change.items.isEmpty ? nil : change.items }
    _ = try tool.renew(EncodedOSDMap.data(after, crush), keepingCrush: true)
    #expect(try tool.upmapCleanup() == [], "hold, seed \(seed)")
    return hold.changes.count
  }

  /// What becomes of the map when a host is lost.
  private func foretells(_ cluster: RandomCluster, _ map: OSDMap, _ tool: CephTools, _ seed: UInt64) throws {
    let crush = try tool.compile(cluster.crushText)
    let after = try map.after([.lose(cluster.hosts[0])]).map
    var lost = map
    for osd in try map.crush.osds(below: cluster.hosts[0]) {
      lost.osds[osd].isUp = false
      lost.osds[osd].reweight = 0
    }
    _ = try tool.renew(EncodedOSDMap.data(lost, crush))
    for line in try tool.upmapCleanup() {
      let words = line.split(separator: " ").map(String.init)
      let group = try #require(PGID(words[3]))
      let numbers = words.dropFirst(4).compactMap { Int32($0) }
      let pairs = stride(from: 0, to: numbers.count, by: 2).map {
        OSDMap.Replacement(from: numbers[$0], to: numbers[$0 + 1])
      }
      lost.upmapItems[group] = pairs.isEmpty ? nil : pairs
    }
    #expect(lost.upmapItems == after.upmapItems, "what-if, seed \(seed)")
    _ = try tool.renew(EncodedOSDMap.data(lost, crush))
    #expect(try tool.placements() == OSDMapToolTests.lines(after), "what-if, seed \(seed)")
  }
}
