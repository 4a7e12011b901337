import Crush
import HostProtocol
import Hosts
import Plan

extension CephGates {
  /// Whether every placement group has told that it is active and clean where the map has it now. After the map has changed,
  /// the managers tell for some seconds of what was before.
  ///
  /// - Throws: `HostError` where the cluster does not answer; `CrushMapError`
  func cleanInPlace(_ session: any HostSession) async throws -> GateState {
    let crush: CrushMap
    do { crush = try CrushMap(json: await session.dump("osd crush dump")) } catch is CrushMapError {
      // Steps that only newer releases know: what is told is then all that there is to go by.
      return .open
    }
    let map = try OSDMap(json: await session.dump("osd dump"), crush: crush)
    let told = try PGDump(await session.dump("pg dump", ["dumpcontents": .list(["pgs_brief"])])).groups
    return Self.areClean(told, in: map)
  }

  /// - Parameter told: every group by its primary's last word
  public static func areClean(_ told: [PGDump.Group], in map: OSDMap) -> GateState {
    let told = Dictionary(told.map { ($0.id, $0) }) { first, _ in first }
    for mapper in map.poolMappers {
      let work = mapper.workspace()
      for seed in 0..<mapper.pool.groups {
        let id = PGID(pool: mapper.pool.id, seed: seed)
        guard let group = told[id], group.up == mapper.placement(seed, work).up else {
          return .closed("placement group \(id) has not told how it is since the map has changed")
        }
        guard group.state.hasPrefix("active+clean") else { return .closed("placement group \(id) is \(group.state)") }
      }
    }
    return .open
  }
}
