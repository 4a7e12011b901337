import Crush
import Foundation
import HostProtocol
import Hosts
import Plan

extension ClusterState {
  /// Asks a cluster through the agent of a monitor's host.
  ///
  /// - Throws: `HostError` where the host is gone, or the cluster does not answer within its time
  public static func observe(_ session: any HostSession) async throws -> ClusterState {
    let osdDump = try await session.ask("osd dump", as: OSDDump.self)
    let rules = try await session.ask("osd crush rule dump", as: [RuleDump].self)
    let monMap = try await session.ask("mon dump", as: MonDump.self)
    let config = try await session.ask("config dump", as: [ConfigDump].self)
    let auth = try await session.ask("auth ls", as: AuthDump.self)
    let tree = try await session.ask("osd tree", as: TreeDump.self)
    let mgrs = try await session.ask("mgr dump", as: MgrDump.self)
    let usage = try await session.ask("df", as: UsageDump.self)
    let versions = try await session.ask("versions", as: [String: [String: Int]].self)
    let modules = try await session.ask("mgr module ls", as: ModulesDump.self)
    let stored = Dictionary(usage.pools.map { ($0.name, $0.stats.stored) }) { first, _ in first }
    return ClusterState(
      mons: Dictionary(monMap.mons.map { ($0.name, $0.publicAddrs.text) }) { first, _ in first },
      mgrs: mgrs.states,
      osds: osdDump.osds.map(\.known),
      tree: tree.tree,
      pools: osdDump.pools.map { $0.state(stored: stored[$0.poolName] ?? 0) },
      rules: Dictionary(rules.map { ($0.ruleName, $0.state) }) { first, _ in first },
      config: config.map(\.option),
      required: CephRelease(osdDump.requireOsdRelease),
      versions: versions.filter { $0.key != "overall" },
      modules: modules.enabledModules,
      auth: Dictionary(auth.authDump.map { ($0.entity, AuthEntry(key: $0.key, caps: $0.caps)) }) { first, _ in first })
  }

  /// The managers that are at work: the active one, then those that stand by.
  public static func mgrs(_ session: any HostSession) async throws -> [MgrState] {
    try await session.ask("mgr dump", as: MgrDump.self).states
  }

  /// The OSDs alone, how many placement groups all pools have, and the pools in which that number is on its way.
  static func osds(_ session: any HostSession) async throws -> (osds: [OSDState], pgs: Int, splitting: [String]) {
    let dump = try await session.ask("osd dump", as: OSDDump.self)
    return (
      dump.osds.map(\.known), dump.pools.map(\.pgNumTarget).reduce(0, +),
      dump.pools.filter(\.isSplitting).map { "'\($0.poolName)' has \($0.pgPlacementNum) of \($0.pgNumTarget)" }
    )
  }
}

extension ClusterStatus {
  /// As `ClusterState.observe`, for the status alone.
  public static func observe(_ session: any HostSession) async throws -> ClusterStatus {
    try await session.ask("status", as: StatusDump.self).status
  }
}

/// The monitors are there, but do not answer in time: there is no quorum.
public struct NoAnswer: Error, Sendable, CustomStringConvertible {
  public var description: String
}

extension HostSession {
  /// - Parameter timeout: in seconds
  /// - Throws: `NoAnswer`, `HostError`
  func ask<Value: Decodable>(
    _ prefix: String, _ arguments: [String: MonCommand.Argument] = [:], as type: Value.Type, timeout: Int = 10
  ) async throws -> Value {
    var command = MonCommand.make(prefix, arguments)
    command.timeout = timeout
    let reply = try await mon(command)
    guard reply.status != -ETIMEDOUT else { throw NoAnswer(description: "\(host): \(reply.message)") }
    guard reply.status == 0 else {
      throw HostError(host: host, message: "ceph \(prefix): error \(reply.status): \(reply.message)")
    }
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = .convertFromSnakeCase
    do {
      return try decoder.decode(type, from: CephJSON.plain(Data(reply.output.utf8)))
    } catch {
      // The reply may hold keys: tell of the error's place only.
      throw HostError(host: host, message: "ceph \(prefix) gave what cannot be read as \(type)")
    }
  }
}

private struct OSDDump: Decodable {
  struct OSD: Decodable {
    var osd: Int
    var uuid: String
    var up: Int
    var `in`: Int
    var upFrom: Int
    var state: [String]
    var publicAddrs: AddressVector

    var known: OSDState {
      OSDState(
        id: osd, uuid: uuid, up: up == 1, in: `in` == 1, upFrom: upFrom, noout: state.contains("noout"),
        address: publicAddrs.host)
    }
  }

  struct Pool: Decodable {
    var poolName: String
    var size: Int
    var minSize: Int
    /// Where the number of placement groups goes; managers step towards it.
    var pgNumTarget: Int
    /// How many of them are placed by themselves.
    var pgPlacementNum: Int
    var crushRule: Int
    var pgAutoscaleMode: String
    var applicationMetadata: [String: [String: String]]

    var isSplitting: Bool { pgPlacementNum != pgNumTarget }

    func state(stored: UInt64) -> PoolState {
      PoolState(
        name: poolName, size: size, minSize: minSize, pgs: pgNumTarget, rule: crushRule,
        applications: applicationMetadata.keys.sorted(), autoscale: pgAutoscaleMode,
        stored: stored)
    }
  }

  var osds: [OSD]
  var pools: [Pool]
  var requireOsdRelease: String
}

private struct AddressVector: Decodable {
  struct Address: Decodable {
    var type: String
    /// With its port.
    var addr: String
  }

  var addrvec: [Address]

  var text: String { "[" + addrvec.map { "\($0.type):\($0.addr)" }.joined(separator: ",") + "]" }

  /// The address of the first, without its port; `nil` for a daemon that has none yet.
  var host: String? {
    guard let first = addrvec.first?.addr, let colon = first.lastIndex(of: ":") else { return nil }
    return first.hasSuffix(":0") ? nil : String(first[..<colon])
  }
}

private struct RuleDump: Decodable {
  struct Step: Decodable {
    var op: String
    var type: String?
  }

  var ruleId: Int
  var ruleName: String
  var steps: [Step]

  var state: RuleState {
    // The first choice spreads the replicas; Varde's rules, and those that Ceph makes itself, have no other.
    RuleState(id: ruleId, failureDomain: steps.first { $0.op.hasPrefix("choose") }?.type ?? "osd")
  }
}

/// `df`.
private struct UsageDump: Decodable {
  struct Pool: Decodable {
    struct Stats: Decodable { var stored: UInt64 }

    var name: String
    var stats: Stats
  }

  var pools: [Pool]
}

private struct MonDump: Decodable {
  struct Mon: Decodable {
    var name: String
    var publicAddrs: AddressVector
  }

  var mons: [Mon]
}

private struct MgrDump: Decodable {
  struct Standby: Decodable {
    var name: String
    var gid: UInt64
  }

  var activeName: String
  var activeGid: UInt64
  var standbys: [Standby]

  var states: [MgrState] {
    (activeName.isEmpty ? [] : [MgrState(name: activeName, gid: activeGid)])
      + standbys.map { MgrState(name: $0.name, gid: $0.gid) }
  }
}

private struct ModulesDump: Decodable {
  var enabledModules: [String]
}

private struct TreeDump: Decodable {
  struct Node: Decodable {
    var id: Int
    var name: String
    var type: String
    var deviceClass: String?
    var crushWeight: Double?
    var children: [Int]?
  }

  var nodes: [Node]
  /// OSDs that are in no bucket.
  var stray: [Node]

  var tree: CrushTree {
    CrushTree(
      (nodes + stray).map {
        CrushTree.Node(id: $0.id, name: $0.name, type: $0.type, deviceClass: $0.deviceClass, weight: $0.crushWeight)
      }, children: Dictionary(nodes.map { ($0.id, $0.children ?? []) }) { first, _ in first })
  }
}

private struct ConfigDump: Decodable {
  var section: String
  var mask: String
  var name: String
  var value: String

  var option: ConfigOption {
    ConfigOption(section: mask.isEmpty ? section : "\(section)/\(mask)", name: name, value: value)
  }
}

private struct AuthDump: Decodable {
  struct Entry: Decodable {
    var entity: String
    var key: String
    var caps: [String: String]
  }

  var authDump: [Entry]
}

private struct StatusDump: Decodable {
  struct Health: Decodable {
    struct Check: Decodable {
      struct Summary: Decodable { var message: String }
      var summary: Summary
    }

    var status: String
    var checks: [String: Check]
  }

  struct OSDMap: Decodable {
    var numOsds: Int
    var numUpOsds: Int
    var numInOsds: Int
  }

  struct PGMap: Decodable {
    struct State: Decodable {
      var stateName: String
      var count: Int
    }

    var pgsByState: [State]
    /// Only there where there are any.
    var misplacedObjects: UInt64?
    var degradedObjects: UInt64?
    var bytesUsed: UInt64
    var bytesTotal: UInt64
  }

  struct MgrMap: Decodable {
    var available: Bool
    var numStandbys: Int
  }

  var health: Health
  var quorumNames: [String]
  var osdmap: OSDMap
  var pgmap: PGMap
  var mgrmap: MgrMap

  var status: ClusterStatus {
    ClusterStatus(
      health: health.status, checks: health.checks.sorted { $0.key < $1.key }.map(\.value.summary.message),
      quorum: quorumNames, mgrAvailable: mgrmap.available, mgrStandbys: mgrmap.numStandbys,
      osdsUp: osdmap.numUpOsds, osdsIn: osdmap.numInOsds, osds: osdmap.numOsds,
      pgs: Dictionary(pgmap.pgsByState.map { ($0.stateName, $0.count) }) { $0 + $1 },
      objectsToMove: (pgmap.misplacedObjects ?? 0) + (pgmap.degradedObjects ?? 0), bytesUsed: pgmap.bytesUsed,
      bytesTotal: pgmap.bytesTotal)
  }
}
