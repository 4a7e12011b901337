import Ceph
import Design
import Lab

/// How a component is made to fail in a twin, and mended.
struct Breakage: Sendable {
  /// In the order in which they are made, and taken back: what carries traffic comes first.
  var faults: [Fault] = []
  /// Daemons that are killed, and kept down.
  var units: [Unit] = []
  /// Hosts that are off.
  var dead: Set<String> = []
  /// Hosts that may be cut off from the others.
  var endangered: Set<String> = []

  struct Unit: Sendable, Hashable {
    var host: String
    var name: String
  }

  /// - Parameter numbers: UUIDs of OSDs to the cluster's numbers
  /// - Throws: `RehearsalError` where the component cannot be made to fail
  init(_ component: Component, in design: Design, numbers: [String: Int]) throws {
    switch component {
    case .node(let name):
      let node = design.node(name)
      if node?.kind == .leaf {
        // Nothing goes down that its peers could see: the harder way.
        faults = [.silent(name)]
        endangered = Self.hosts(of: node?.rack, design)
      } else {
        faults = [.off(name)]
        if node?.kind == .host { dead = [name] }
      }
    case .rack(let rack):
      let members = design.nodes.filter { $0.rack == rack }
      faults = members.filter { $0.kind != .host }.map { .off($0.name) }
      faults += members.filter { $0.kind == .host }.map { .off($0.name) }
      dead = Self.hosts(of: rack, design)
    case .link(let a, let b):
      faults = [.linkDown(a, b)]
      endangered = Set([a, b].filter { design.node($0)?.kind == .host })
    case .osd(let host, let disk):
      let uuid = design.ceph?.osds.first { $0.host == host && $0.disk.path == disk }?.disk.uuid
      guard let number = uuid.flatMap({ numbers[$0] }) else {
        throw RehearsalError("\(component): the cluster has no OSD on this disk")
      }
      units = [Unit(host: host, name: "ceph-osd@\(number)")]
    case .mon(let host): units = [Unit(host: host, name: "ceph-mon@\(host)")]
    case .mgr(let host): units = [Unit(host: host, name: "ceph-mgr@\(host)")]
    case .routing, .pool, .bucket: throw RehearsalError("\(component): is nothing that fails by itself")
    }
  }

  private static func hosts(of rack: String?, _ design: Design) -> Set<String> {
    Set(design.hosts.filter { $0.rack == rack && rack != nil }.map(\.name))
  }

  /// As `varde lab fail` has them.
  var words: [String] { faults.map(\.description) + units.map { "daemon \($0.host) \($0.name), kept down" } }

  /// - Throws: `LabError`, `CommandError`
  func make(in lab: Lab) async throws {
    for fault in faults { try await lab.fail(fault) }
    for unit in units {
      // Kept down: systemd would bring it back.
      let verbs = ["kill -s KILL", "stop", "reset-failed"]
      let script = verbs.map { "systemctl \($0) \(unit.name)" } + ["true"]
      try await lab.run(on: unit.host, ["sh", "-c", script.joined(separator: "; ")])
    }
  }

  /// - Throws: `LabError`, `CommandError`
  func mend(in lab: Lab) async throws {
    for fault in faults { try await lab.heal(fault) }
    for unit in units { try await lab.run(on: unit.host, ["systemctl", "start", unit.name]) }
  }
}
