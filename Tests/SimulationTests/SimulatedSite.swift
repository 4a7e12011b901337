import Design
import Guarantees
import HostProtocol
import Plan
import Site

/// A site of a simulation: what a rollout changes on it, and what is down meanwhile.
struct SimulatedSite: Sendable {
  let design: Design
  let budget: DisruptionBudget
  let units: [Unit]

  /// Something that a step brings from version 0 to version 1.
  struct Unit: Sendable {
    /// The step's id: `a1/osds`.
    var id: String
    var host: String
    var takesDown: [Component]
    /// Ids of units that come before.
    var needs: [String]
    var canBeTakenBack: Bool
    /// Whether it is marked while it is worked on, as OSDs are.
    var isMarked = false
  }

  /// What a rollout is for.
  enum Purpose: CaseIterable { case daemons, reboots, switches }

  init(_ site: Site, _ purpose: Purpose) {
    design = Design(site)
    budget = DisruptionBudget(design)
    let ceph = design.ceph
    switch purpose {
    case .daemons:
      let mons = (ceph?.mons ?? []).map {
        Unit(id: "\($0)/mon", host: $0, takesDown: [.mon($0)], needs: [], canBeTakenBack: false)
      }
      let osds = design.hosts.filter { !$0.disks.isEmpty }.map { host in
        Unit(
          id: "\(host.name)/osds", host: host.name,
          takesDown: host.disks.map { .osd(host: host.name, disk: $0.path) }, needs: mons.map(\.id),
          canBeTakenBack: false, isMarked: true)
      }
      units = mons + osds
    case .reboots:
      units = design.hosts.map {
        Unit(id: "\($0.name)/reboot", host: $0.name, takesDown: [.node($0.name)], needs: [], canBeTakenBack: false)
      }
    case .switches:
      units = design.nodes.filter { $0.asn != nil }.map {
        Unit(id: "\($0.name)/fabric", host: $0.name, takesDown: [.routing($0.name)], needs: [], canBeTakenBack: true)
      }
    }
  }

  /// The plan for the units that are not as they should be, as engines make theirs.
  func plan(needed: Set<String>, proving unproven: Unproven?) throws -> Plan {
    var assembly = Assembly()
    for unit in units {
      let resource = Resource.file(FileResource("/\(unit.id)", content: "1"))
      let difference = Difference(resource: resource.id, changes: [Change("content", from: "0", to: "1")])
      assembly.converge(
        unit.id, title: unit.id, phase: "change", host: unit.host, resources: [resource],
        differences: needed.contains(unit.id) ? [resource.id: difference] : [:], needs: unit.needs,
        gate: .routing(nodes: [unit.id])
      ) { step in
        step.takesDown = unit.takesDown
        step.deadline = 90
        if unit.isMarked { (step.before, step.after) = (.wait, .wait) }
        if unit.canBeTakenBack { step.undo = .converge(host: unit.host, resources: []) }
      }
    }
    assembly.wait("healthy", title: "all is well", phase: "health", needs: units.map(\.id), gate: .healthy)
    return try assembly.plan(site: design.site, proving: unproven)
  }

}

extension SimulatedSite {
  /// Sites of several shapes, each with every change that it can have.
  static let all: [SimulatedSite] = shapes.flatMap { site in
    Purpose.allCases.map { SimulatedSite(site, $0) }.filter { !$0.units.isEmpty }
  }

  private static let shapes: [Site] = [
    racked(3, hosts: 2), racked(4, hosts: 1), racked(1, hosts: 3), racked(2, hosts: 2), flat(1), flat(3), flat(5),
  ]

  private static func address(_ rack: Int, _ last: Int) -> IPv4Address {
    IPv4Address(bits: 0xC612_0000 | UInt32(rack) << 8 | UInt32(last))
  }

  private static func host(_ name: String, _ address: IPv4Address, rack: String?, disks: Int) -> Host {
    Host(
      name: name, address: address, rack: rack,
      disks: (0..<disks).map { Disk(path: "/dev/vd\($0)", size: .gib(100)) })
  }

  private static func racked(_ racks: Int, hosts: Int) -> Site {
    var site = Site(name: "racks\(racks)", hosts: [])
    if racks > 1 { site.network.spines = [1, 2].map { Switch(name: "s\($0)", address: address(0, 200 + $0)) } }
    for rack in 1...racks {
      let leaves = [1, 2].map { Switch(name: "r\(rack)-l\($0)", address: address(rack, 100 + $0)) }
      site.racks.append(Rack(name: "r\(rack)", leaves: leaves))
      site.hosts += (1...hosts).map { host("r\(rack)h\($0)", address(rack, $0), rack: "r\(rack)", disks: 1) }
    }
    site.storage.ceph = CephStorage(pools: [Pool(name: "vms")])
    return site
  }

  private static func flat(_ hosts: Int) -> Site {
    var site = Site(
      name: "flat\(hosts)",
      hosts: (1...hosts).map { host("h\($0)", address(0, $0), rack: nil, disks: hosts == 1 ? 3 : 1) })
    site.storage.ceph = CephStorage(pools: [Pool(name: "vms")])
    return site
  }
}
